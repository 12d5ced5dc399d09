package io.pagurus.file;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A moment on the monotonic clock. Immutable. */
final class Deadline {
  private static final long LONGEST_DAYS = 36_500; // as good as for ever, and cannot overflow

  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  static Deadline in(Duration wait) {
    Duration bounded = wait.toDays() >= LONGEST_DAYS ? Duration.ofDays(LONGEST_DAYS) : wait;
    return new Deadline(System.nanoTime() + Math.max(0, bounded.toNanos()));
  }

  boolean passed() {
    return leftNanos() <= 0;
  }

  private long leftNanos() {
    return nanos - System.nanoTime();
  }

  /** Waits {@code millis}, or until this deadline if that comes first, or until an interrupt. */
  void pause(long millis) {
    long wait = Math.min(leftNanos(), TimeUnit.MILLISECONDS.toNanos(millis));
    long until = System.nanoTime() + wait;
    for (long left = wait; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }
}
