package io.pagurus.internal.engine;

import java.time.Duration;

/** A point on the monotonic clock by which something must have happened. Immutable. */
public final class Deadline {
  private final long at;

  private Deadline(long at) {
    this.at = at;
  }

  /** The point {@code time} from now. */
  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + toNanos(time));
  }

  /** Nanoseconds until then; zero or negative when it is over. */
  public long leftNanos() {
    return at - System.nanoTime();
  }

  /** Whether it is over. */
  public boolean isOver() {
    return leftNanos() <= 0;
  }

  /** Nanoseconds of {@code time}, a hundred years at most. */
  static long toNanos(Duration time) {
    return time.compareTo(Duration.ofDays(36_500)) > 0 ? Long.MAX_VALUE / 4 : time.toNanos();
  }
}
