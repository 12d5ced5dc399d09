package io.pagurus.internal.log;

import io.pagurus.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches what a {@link HydratingTable} misses, behind the back of those who read. Ends by itself
 * when nothing is missing, or the table is closed. Thread-safe.
 */
final class Hydration {
  private static final Logger log = LoggerFactory.getLogger(Hydration.class);

  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Who opened the store reads soon, as a rule; if not, he need not be waited for. */
  private static final long HEAD_START_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** A pause is cut into pieces, so that a close need not wait for it. */
  private static final long PIECE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final HydratingTable table;
  private final String store;
  private final String source;
  private final Workers workers;
  private final Runnable whole;
  private final ExecutorService threads;
  private final List<Runnable> fillings;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger running;
  private final AtomicBoolean complained = new AtomicBoolean();
  private final Progress progress;
  private volatile boolean stopped;

  /**
   * Begins.
   *
   * @param whole called once, when nothing is missing any more, or is needed any more because the
   *     table was replaced as a whole
   */
  Hydration(HydratingTable table, String store, String source, Workers workers, Runnable whole) {
    this.table = table;
    this.store = store;
    this.source = source;
    this.workers = workers;
    this.whole = whole;
    this.fillings = table.fillings();
    this.progress = new Progress(store, source, table.bytesInAll(), workers);
    String name = "pagurus-" + store + "-restore";
    int tasks = 1;
    if (workers.parallel()) {
      tasks = Math.min(fillings.size(), StateLoader.decoders());
      this.threads =
          Executors.newFixedThreadPool(
              tasks,
              task -> {
                Thread thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
              });
    } else {
      this.threads = workers.background(name);
    }
    this.running = new AtomicInteger(tasks);
    for (int i = 0; i < tasks; i++) {
      threads.execute(this::run);
    }
    threads.shutdown(); // they end when they are done
  }

  private void run() {
    boolean ended = false;
    try {
      letFirstReadGoFirst();
      for (int i = next.getAndIncrement(); i < fillings.size(); i = next.getAndIncrement()) {
        fill(fillings.get(i));
        progress.at(table.bytesFilled());
      }
      ended = true;
    } finally {
      boolean last = running.decrementAndGet() == 0;
      if (last && ended && !stopped && (table.isWhole() || table.isClosed())) {
        whole.run();
      }
    }
  }

  /** Nobody is let go first where everything runs on one thread. */
  private void letFirstReadGoFirst() {
    long begin = workers.nanoTime();
    while (workers.parallel()
        && !table.mayRestFollow()
        && !isOver()
        && workers.nanoTime() - begin < HEAD_START_NANOS) {
      workers.pause(TURN_NANOS);
    }
  }

  private void fill(Runnable filling) {
    long pause = FIRST_PAUSE_NANOS;
    while (!isOver()) {
      while (table.isWanted() && !isOver()) {
        workers.pause(TURN_NANOS);
      }
      try {
        filling.run();
        return;
      } catch (StoreUnavailableException e) {
        if (complained.compareAndSet(false, true)) {
          log.warn(
              "Store '{}': its state cannot be read completely yet from {}: {}. It goes on trying;"
                  + " reads of what is missing fail meanwhile.",
              store,
              source,
              e.toString());
        }
        pause(pause);
        pause = Math.min(LONGEST_PAUSE_NANOS, pause * 2);
      } catch (RuntimeException e) {
        if (!isOver()) {
          log.error("Store '{}': {}", store, e.getMessage(), e);
        }
        return;
      }
    }
  }

  private void pause(long nanos) {
    for (long left = nanos; left > 0 && !isOver(); left -= PIECE_NANOS) {
      workers.pause(Math.min(left, PIECE_NANOS));
    }
  }

  private boolean isOver() {
    return stopped || table.isClosed();
  }

  /** Ends it; waits for the requests that are under way, 10 s at most. */
  void stop() {
    stopped = true;
    Ending.await(threads);
  }
}
