package io.pagurus.jdbc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A moment on the monotonic clock. Immutable. */
final class Deadline {
  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  static Deadline in(Duration wait) {
    // A century is as good as for ever and cannot overflow.
    long bounded =
        Math.min(Math.max(0, wait.toDays()), 36_500) == 36_500
            ? TimeUnit.DAYS.toNanos(36_500)
            : Math.max(0, wait.toNanos());
    return new Deadline(System.nanoTime() + bounded);
  }

  boolean passed() {
    return leftNanos() <= 0;
  }

  long leftNanos() {
    return nanos - System.nanoTime();
  }

  /** What is left, at least 1 and at most {@code atMost}: for timeouts where 0 means endless. */
  long leftMillis(long atMost) {
    return Math.max(1, Math.min(atMost, TimeUnit.NANOSECONDS.toMillis(leftNanos())));
  }

  /** Waits {@code millis}, or until this deadline if that comes first. */
  void pause(long millis) {
    long wait = Math.min(leftNanos(), TimeUnit.MILLISECONDS.toNanos(millis));
    long until = System.nanoTime() + wait;
    for (long left = wait; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
      if (Thread.currentThread().isInterrupted()) {
        return; // the caller's loop goes on; its own bound ends it
      }
    }
  }
}
