package io.pagurus;

import java.time.Duration;

/**
 * Which checkpoints without a label stay: those among the newest {@code keepLast}, and those
 * younger than {@code keepFor}. A checkpoint goes only when neither keeps it. Labelled ones stay
 * until they are dropped by {@link StateStore#dropCheckpoint}.
 *
 * @param keepLast how many of the newest stay, at least 1
 * @param keepFor how long one stays whatever its rank; {@link Duration#ZERO} for rank alone
 */
public record CheckpointRetention(int keepLast, Duration keepFor) {
  /** The default: the ten newest. */
  public static final CheckpointRetention DEFAULT = keepLast(10);

  public CheckpointRetention {
    if (keepLast < 1) {
      throw new IllegalArgumentException("keepLast must be at least 1, was " + keepLast);
    }
    if (keepFor.isNegative()) {
      throw new IllegalArgumentException("keepFor must not be negative, was " + keepFor);
    }
  }

  /** The newest {@code count} stay. */
  public static CheckpointRetention keepLast(int count) {
    return new CheckpointRetention(count, Duration.ZERO);
  }

  /** Every checkpoint stays for {@code time}; the newest one stays in any case. */
  public static CheckpointRetention keepFor(Duration time) {
    return new CheckpointRetention(1, time);
  }
}
