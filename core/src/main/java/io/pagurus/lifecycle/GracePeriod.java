package io.pagurus.lifecycle;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the platform waits between SIGTERM and SIGKILL, and what of it can be used. Immutable.
 *
 * @param total the whole period
 * @param preStop what a preStop hook uses up of it before the signal comes
 * @param source where the number is from, for people
 */
public record GracePeriod(Duration total, Duration preStop, String source) {
  /** What is assumed where nothing is said: what most platforms give at least. */
  public static final Duration DEFAULT = Duration.ofSeconds(10);

  private static final Duration LEAST_MARGIN = Duration.ofSeconds(1);
  private static final Duration MOST_MARGIN = Duration.ofSeconds(3);

  /** What the builder says, else what the environment says, else {@link #DEFAULT}. */
  public static GracePeriod of(
      @Nullable Duration builder, @Nullable Duration environment, Duration preStop) {
    if (builder != null) {
      return new GracePeriod(builder, preStop, "builder");
    }
    if (environment != null) {
      return new GracePeriod(environment, preStop, "PAGURUS_GRACE_PERIOD");
    }
    return new GracePeriod(DEFAULT, preStop, "default");
  }

  /**
   * What a stop may take: the period without preStop and without a margin of 10 %, 1 to 3 s, that
   * the end of the JVM itself needs; but never less than half of what is left after preStop.
   */
  public Duration budget() {
    Duration afterPreStop = total.minus(preStop);
    if (afterPreStop.isNegative()) {
      afterPreStop = Duration.ZERO;
    }
    Duration margin = total.dividedBy(10);
    margin = margin.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : margin;
    margin = margin.compareTo(MOST_MARGIN) > 0 ? MOST_MARGIN : margin;
    Duration budget = afterPreStop.minus(margin);
    Duration half = afterPreStop.dividedBy(2);
    return budget.compareTo(half) < 0 ? half : budget;
  }
}
