package io.pagurus.internal.log;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Waits for the end of threads, with a bound, whatever interrupts the waiting. */
final class Ending {
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

  private Ending() {}

  /** Waits until what {@code executor} is doing is done, for 10 s at most. */
  static void await(ExecutorService executor) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + LONGEST_NANOS;
    while (true) {
      try {
        if (executor.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
            || System.nanoTime() >= deadline) {
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
}
