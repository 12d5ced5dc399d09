package io.pagurus.lifecycle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The monotonic clock and how one waits by it; tests have a clock of their own. Thread-safe. */
interface Waiting {
  /** As {@link System#nanoTime}. */
  long nanoTime();

  /**
   * Waits until {@code event} is complete, for {@code nanos} at most. Interrupts do not end it: a
   * wait has a bound, and a stop that is given up half-way helps nobody. They are kept.
   */
  void await(CompletableFuture<?> event, long nanos);

  /** The real one. */
  Waiting REAL =
      new Waiting() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void await(CompletableFuture<?> event, long nanos) {
          long end = System.nanoTime() + nanos;
          boolean interrupted = false;
          try {
            while (true) {
              try {
                event.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                return;
              } catch (InterruptedException e) {
                interrupted = true;
              }
            }
          } catch (TimeoutException e) {
            return; // the caller looks at the event
          } catch (ExecutionException e) {
            throw new AssertionError(e); // no event of a stop completes exceptionally
          } finally {
            if (interrupted) {
              Thread.currentThread().interrupt();
            }
          }
        }
      };
}
