package io.pagurus.internal.log;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the engine does on other threads than its caller's, and how it waits. A simulation puts in
 * its own, so that it alone decides who goes on. Thread-safe.
 */
public interface Workers {
  /** Threads, and the monotonic clock of this machine. */
  Workers THREADS = new Workers() {};

  /** Runs one task at a time, behind the back of the caller. */
  default ExecutorService background(String name) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** False when everything else runs on the thread of the caller. */
  default boolean parallel() {
    return true;
  }

  /** Waits so long, or until an interrupt, which is left as it is. */
  default void pause(long nanos) {
    LockSupport.parkNanos(nanos);
  }

  /** As {@link System#nanoTime}. */
  default long nanoTime() {
    return System.nanoTime();
  }
}
