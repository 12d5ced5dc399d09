package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * Stored bytes failed their checksum or a part is missing. <b>Keep the storage as it is and
 * look</b>: the message names the damaged entry.
 */
public final class CorruptStateException extends StateException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable DamageReport report;

  public CorruptStateException(String message) {
    super(message);
    this.report = null;
  }

  public CorruptStateException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.report = null;
  }

  public CorruptStateException(String message, DamageReport report) {
    super(message);
    this.report = report;
  }

  /** Every finding, or null when the message says all. */
  public @Nullable DamageReport report() {
    return report;
  }
}
