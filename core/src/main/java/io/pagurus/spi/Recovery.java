package io.pagurus.spi;

import io.pagurus.DamageReport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a backend came to the state that it serves.
 *
 * @param bytesRead how much was read from storage, so far
 * @param bytesCut bytes behind the newest commit that were no whole commit: the write that the end
 *     of the former process interrupted; never anything confirmed
 * @param damage what failed verification and was stepped over, or was found later in a part of the
 *     state that is fetched while it is served; or null
 * @param complete false while parts of the state are still to be fetched
 * @param firstReadAfter when the first read was answered, counted from the opening of the backend;
 *     null as long as that is not known, and where the backend does not measure it
 * @param completeAfter when it was complete, counted likewise; null likewise
 */
public record Recovery(
    long bytesRead,
    long bytesCut,
    @Nullable DamageReport damage,
    boolean complete,
    @Nullable Duration firstReadAfter,
    @Nullable Duration completeAfter) {

  /** Of a state that was complete when it was opened. */
  public Recovery(long bytesRead, long bytesCut, @Nullable DamageReport damage) {
    this(bytesRead, bytesCut, damage, true, null, null);
  }

  /** Nothing to tell. */
  public static final Recovery NONE = new Recovery(0, 0, null);
}
