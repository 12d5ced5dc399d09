package io.pagurus.internal.log;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of the newest frames.
 *
 * @param frames from the newest readable full manifest on, in order; empty when there was never one
 * @param cut bytes behind the last frame that are no whole frame: the write that the end of the
 *     process interrupted
 * @param damages what failed verification although newer frames follow it; newest damage last
 * @param unread commits that are not among {@code frames} because of the damages, as far as
 *     anything shows them, in no order
 * @param newestVersion the highest version that any readable frame shows, damaged ones before it
 *     included
 */
public record History(
    List<Located> frames, long cut, List<Damage> damages, List<Unread> unread, long newestVersion) {
  public History {
    frames = List.copyOf(frames);
    damages = List.copyOf(damages);
    unread = List.copyOf(unread);
  }

  /** The history of a log without commits. */
  public static final History NONE = new History(List.of(), 0, List.of(), List.of(), 0);

  /**
   * One frame and where it is.
   *
   * @param frame the frame, without its changes where the log need not keep them in memory
   * @param part the part it is in
   */
  public record Located(Frame frame, int part) {}

  /**
   * A commit that was there.
   *
   * @param epoch the epoch it was made in
   * @param version its version
   * @param time when it was made, or null when that cannot be read
   */
  public record Unread(long epoch, long version, @Nullable Instant time) {}
}
