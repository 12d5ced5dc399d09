package io.pagurus.s3;

import java.time.Duration;

/**
 * Bounds of calls. They leave a commit two attempts within the usual grace period of 10 s, and a
 * large object the time that a slow network needs.
 *
 * @param base how long an attempt may take that transfers next to nothing
 * @param bytesPerSecond how fast the rest must go at least
 */
record Timeouts(Duration base, long bytesPerSecond) {
  static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(4), 1 << 20);

  /** One attempt. */
  Duration attempt(long bytes) {
    return base.plusMillis(bytes * 1000 / bytesPerSecond);
  }

  /** All attempts, and what the SDK waits between them. */
  Duration call(long bytes) {
    return attempt(bytes).multipliedBy(2);
  }
}
