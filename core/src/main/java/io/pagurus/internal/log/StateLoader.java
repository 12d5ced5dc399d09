package io.pagurus.internal.log;

import io.pagurus.spi.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Builds a live table from an {@link Image}: all segments in parallel, then the tail of the log in
 * order. Everything is verified before it is served. Memory: one segment per thread, one frame.
 */
final class StateLoader {
  private final Segments segments;
  private final CommitLog log;
  private final LiveTables tables;
  private final String threadName;
  private final Workers workers;
  private final AtomicLong bytesRead = new AtomicLong();

  StateLoader(
      Segments segments, CommitLog log, LiveTables tables, String threadName, Workers workers) {
    this.segments = segments;
    this.log = log;
    this.tables = tables;
    this.threadName = threadName;
    this.workers = workers;
  }

  /**
   * How far building went.
   *
   * @param table the table, or null when not even the bases are whole
   * @param image what is in the table
   * @param version the commit that the table shows
   * @param tailBytes bytes of the log that were replayed
   * @param damages why it is not the image that was asked for; empty when it is
   */
  record Result(
      @Nullable LiveTable table, Image image, long version, long tailBytes, List<Damage> damages) {}

  long bytesRead() {
    return bytesRead.get();
  }

  /** Builds the table of {@code image}, whose newest commit is {@code version}. */
  Result load(Image image, long version, long entries) {
    LiveTable table = tables.create(Math.max(entries, image.baseEntries()), 2 * image.baseBytes());
    try {
      List<Damage> damages = loadBases(image, table);
      if (!damages.isEmpty()) {
        table.close();
        return new Result(null, image, version, 0, damages);
      }
      Tail tail = new Tail(image.covered(), table);
      for (Range range : image.tail()) {
        try {
          if (!range.isEmpty()) {
            log.read(range, tail);
          }
        } catch (DamageException e) {
          return new Result(
              table, image.upTo(tail.version), tail.version, tail.bytes, List.of(e.damage()));
        }
      }
      return new Result(table, image, version, tail.bytes, List.of());
    } catch (RuntimeException | Error e) {
      table.close();
      throw e;
    }
  }

  private final class Tail implements CommitLog.FrameReader {
    private final LiveTable table;
    private long version;
    private long bytes;

    Tail(long version, LiveTable table) {
      this.version = version;
      this.table = table;
    }

    @Override
    public void frame(Frame frame) {
      segments.requireSameStore(frame);
      List<Change> changes = new ArrayList<>(); // all of it can be read, or none of it counts
      frame.blocks().read((space, key, value) -> changes.add(new Change(space, key, value)));
      Head.of(frame).delta().clears().forEach(table::unload);
      for (Change change : changes) {
        byte[] value = change.value();
        if (value == null) {
          table.unload(change.space(), change.key());
        } else {
          table.load(change.space(), change.key(), value);
        }
      }
      version = frame.identity().seq();
      bytes += frame.blocks().rawLength();
      bytesRead.addAndGet(frame.length());
    }
  }

  private List<Damage> loadBases(Image image, LiveTable table) {
    List<SegmentRef> bases = image.distinctBases();
    return inParallel(bases, base -> loadBase(image, base, table));
  }

  private void loadBase(Image image, SegmentRef base, LiveTable table) {
    List<@Nullable SegmentRef> bases = image.bases();
    int partitions = bases.size();
    boolean shared = Collections.frequency(bases, base) != partitions;
    segments
        .read(base)
        .read(
            (space, key, value) -> {
              boolean mine =
                  !shared || base.equals(bases.get(Partitions.of(space, key, partitions)));
              if (mine && value != null) {
                table.load(space, key, value);
              }
            });
    bytesRead.addAndGet(base.length());
  }

  /** Everything in {@code image} that fails verification. */
  List<Damage> audit(Image image) {
    List<Damage> damages =
        new ArrayList<>(inParallel(image.distinctBases(), base -> segments.read(base)));
    for (Range range : image.tail()) {
      if (!range.isEmpty()) {
        damages.addAll(log.verify(range));
      }
    }
    return damages;
  }

  private interface Work {
    void on(SegmentRef base);
  }

  private List<Damage> inParallel(List<SegmentRef> bases, Work work) {
    List<Damage> damages = new ArrayList<>();
    if (bases.size() < 2 || !workers.parallel()) {
      for (SegmentRef base : bases) {
        try {
          work.on(base);
        } catch (DamageException e) {
          damages.add(e.damage());
        }
      }
      return damages;
    }
    int threads = Math.min(bases.size(), Math.min(4, Runtime.getRuntime().availableProcessors()));
    ExecutorService pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, threadName);
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<?>> running = new ArrayList<>();
      for (SegmentRef base : bases) {
        running.add(pool.submit(() -> work.on(base)));
      }
      for (Future<?> one : running) {
        Damage damage = damageOf(one);
        if (damage != null) {
          damages.add(damage);
        }
      }
      return damages;
    } finally {
      pool.shutdownNow();
      awaitEnd(pool);
    }
  }

  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    while (true) {
      try {
        if (pool.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable Damage damageOf(Future<?> one) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          one.get();
          return null;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          Throwable cause = e.getCause();
          if (cause instanceof DamageException damage) {
            return damage.damage();
          }
          if (cause instanceof RuntimeException problem) {
            throw problem;
          }
          if (cause instanceof Error error) {
            throw error;
          }
          throw new IllegalStateException(cause);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
