package io.pagurus.lifecycle;

import java.time.Duration;

/**
 * How long the platform waits between SIGTERM and SIGKILL, and what of it can be used. Immutable.
 *
 * @param total the whole period
 * @param preStop what a preStop hook uses up of it before the signal comes
 * @param source where the number is from, for people
 */
public record GracePeriod(Duration total, Duration preStop, String source) {
  private static final Duration LEAST_MARGIN = Duration.ofSeconds(1);
  private static final Duration MOST_MARGIN = Duration.ofSeconds(3);

  /**
   * What a stop may take: the period without preStop and without the {@link #margin}, but never
   * less than half of what is left after preStop.
   */
  public Duration budget() {
    return afterPreStop().minus(margin());
  }

  /**
   * What the end of the JVM itself needs: 10 % of the period, 1 to 3 s, and at most half of what is
   * left after preStop.
   */
  public Duration margin() {
    Duration margin = smaller(larger(total.dividedBy(10), LEAST_MARGIN), MOST_MARGIN);
    return smaller(margin, afterPreStop().dividedBy(2));
  }

  private Duration afterPreStop() {
    return larger(total.minus(preStop), Duration.ZERO);
  }

  private static Duration smaller(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration larger(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
