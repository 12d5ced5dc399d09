package io.pagurus.internal.log;

import io.pagurus.StoreUnavailableException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects in ranges, several at once, of one or of several objects: that is how a bucket
 * gives all it has. Thread-safe.
 *
 * <p>Memory: each range that is asked for, or waits, or is being worked on, holds a permit; there
 * are two more than reads at once. A reader that has no range under way waits for its turn; one
 * that has, takes more only when nobody waits. So all of them go on, and none waits for another.
 */
final class RangeReads implements AutoCloseable {
  private static final int SPARE = 2;

  private final ObjectStore objects;
  private final int rangeBytes;
  private final Semaphore room;
  private final @Nullable ThreadPoolExecutor threads;

  RangeReads(
      ObjectStore objects, LogSettings.Restore settings, Workers workers, String threadName) {
    this.objects = objects;
    this.rangeBytes = settings.rangeBytes();
    this.room = new Semaphore(settings.reads() + SPARE, /* fair= */ true);
    if (workers.parallel()) {
      ThreadPoolExecutor pool =
          new ThreadPoolExecutor(
              settings.reads(),
              settings.reads(),
              1,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              task -> {
                Thread thread = new Thread(task, threadName);
                thread.setDaemon(true);
                return thread;
              });
      pool.allowCoreThreadTimeOut(true);
      this.threads = pool;
    } else {
      this.threads = null;
    }
  }

  /** The ranges of the first {@code length} bytes of an object. */
  Ranges of(String key, long length) {
    return new Ranges(key, length);
  }

  /** One object, range by range. For one thread. */
  final class Ranges implements AutoCloseable {
    private final String key;
    private final long length;
    private final Deque<Future<byte[]>> ahead = new ArrayDeque<>();
    private long asked;
    private boolean holding;

    private Ranges(String key, long length) {
      this.key = key;
      this.length = length;
    }

    /**
     * The next range, null behind the last; the one before must not be used any more.
     *
     * @throws ObjectNotFoundException when there is no such object
     */
    byte @Nullable [] next() {
      release();
      while (asked < length && mayAsk()) {
        ask();
      }
      Future<byte[]> first = ahead.poll();
      if (first == null) {
        return null;
      }
      holding = true;
      return result(first);
    }

    private boolean mayAsk() {
      if (ahead.isEmpty()) {
        room.acquireUninterruptibly();
        return true;
      }
      try {
        // Unlike tryAcquire(), this does not overtake those who wait.
        return threads != null && room.tryAcquire(0, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    private void ask() {
      long from = asked;
      long left = length - from;
      // No range begins behind the last byte: some storages call that an error.
      int bytes = left - 1 <= rangeBytes ? (int) left : rangeBytes;
      asked += bytes;
      FutureTask<byte[]> read = new FutureTask<>(() -> objects.get(key, from, bytes));
      ahead.add(read);
      if (threads == null) {
        read.run();
      } else {
        threads.execute(read);
      }
    }

    private void release() {
      if (holding) {
        holding = false;
        room.release();
      }
    }

    @Override
    public void close() {
      release();
      for (Future<byte[]> read : ahead) {
        read.cancel(false);
        room.release();
      }
      ahead.clear();
    }
  }

  private static byte[] result(Future<byte[]> read) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return read.get();
        } catch (InterruptedException e) {
          interrupted = true; // the read itself has a bound
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException problem) {
            throw problem;
          }
          if (e.getCause() instanceof Error error) {
            throw error;
          }
          throw new StoreUnavailableException("A range was not read", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the reads that are under way, for 10 s at most. */
  @Override
  public void close() {
    if (threads != null) {
      threads.shutdown();
      Ending.await(threads);
    }
  }
}
