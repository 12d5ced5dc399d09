package io.pagurus.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Knows how long the platform waits between SIGTERM and SIGKILL. Found through {@link
 * java.util.ServiceLoader}; asked once for each open, and only when neither the builder nor the
 * environment say it. The first one that knows wins. Thread-safe.
 */
public interface GraceSource {
  /** Where the number is from, for people: it is logged, and part of the shutdown report. */
  String name();

  /**
   * The whole period, or null when it is not known here. It must not take long: a start waits for
   * it. What is thrown, zero and negative periods are logged and count as not known.
   */
  @Nullable Duration gracePeriod();
}
