package io.pagurus.internal.log;

import java.util.List;

/**
 * What can be read of the newest frames.
 *
 * @param frames from the newest readable full manifest on, in order; empty when there was never one
 * @param cut bytes behind the last frame that are no whole frame: the write that the end of the
 *     process interrupted
 * @param damages what failed verification although newer frames follow it; newest damage last
 * @param newestVersion the highest version that any readable frame shows, damaged ones before it
 *     included
 */
public record History(List<Located> frames, long cut, List<Damage> damages, long newestVersion) {
  public History {
    frames = List.copyOf(frames);
    damages = List.copyOf(damages);
  }

  /** The history of a log without commits. */
  public static final History NONE = new History(List.of(), 0, List.of(), 0);

  /**
   * One frame and where it is.
   *
   * @param frame the frame, without its changes where the log need not keep them in memory
   * @param part the part it is in
   */
  public record Located(Frame frame, int part) {}
}
