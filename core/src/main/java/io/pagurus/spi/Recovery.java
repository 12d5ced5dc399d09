package io.pagurus.spi;

import io.pagurus.DamageReport;
import org.jspecify.annotations.Nullable;

/**
 * How a backend came to the state that it serves.
 *
 * @param bytesRead how much was read from storage
 * @param bytesCut bytes behind the newest commit that were no whole commit: the write that the end
 *     of the former process interrupted; never anything confirmed
 * @param damage what failed verification and was stepped over, or null
 */
public record Recovery(long bytesRead, long bytesCut, @Nullable DamageReport damage) {
  /** Nothing to tell. */
  public static final Recovery NONE = new Recovery(0, 0, null);
}
