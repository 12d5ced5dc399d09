package io.pagurus.internal.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs what users want to be called with. Thread-safe.
 *
 * <p>A commit may complete many thousand stages at once, and a callback may wait for anything, also
 * for another callback. A thread for each would be thousands of threads; a fixed number could wait
 * for each other for ever. So a few threads work through a queue, and whenever the queue has not
 * moved for a moment, there is one thread more, until it is empty.
 */
final class Callbacks implements Executor {
  private static final int USUAL_THREADS = 4;
  private static final int MOST_THREADS = 10_000;
  private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ThreadFactory lateThreads;
  private final ThreadFactory watchThreads;
  private final ThreadPoolExecutor pool;
  private final AtomicBoolean watched = new AtomicBoolean();

  Callbacks(String store) {
    this.lateThreads = new StoreThreads(store, "late-callback");
    this.watchThreads = new StoreThreads(store, "callback-watch");
    this.pool =
        new ThreadPoolExecutor(
            USUAL_THREADS,
            MOST_THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new StoreThreads(store, "callback"));
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs {@code task} soon, on a thread of the store. What becomes known only after {@link
   * #shutdown} (a block that ends late) is told, too.
   */
  @Override
  public void execute(Runnable task) {
    try {
      pool.execute(task);
    } catch (RejectedExecutionException closed) {
      lateThreads.newThread(task).start();
      return;
    }
    watch();
  }

  private void watch() {
    if (!pool.getQueue().isEmpty() && watched.compareAndSet(false, true)) {
      watchThreads.newThread(this::addThreadsWhileStuck).start();
    }
  }

  private void addThreadsWhileStuck() {
    long done = pool.getCompletedTaskCount();
    int threads = USUAL_THREADS;
    while (!pool.getQueue().isEmpty()) {
      LockSupport.parkNanos(this, STUCK_NANOS);
      long now = pool.getCompletedTaskCount();
      if (now == done && threads < MOST_THREADS) {
        threads++;
        pool.setCorePoolSize(threads); // starts one, as there is work
      }
      done = now;
    }
    pool.setCorePoolSize(USUAL_THREADS); // the others end when they are idle
    watched.set(false);
    watch(); // for what came between the last look and the line above
  }

  /** Takes no more; what is queued still runs. */
  void shutdown() {
    pool.shutdown();
  }
}
