package io.pagurus.internal.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a frame of the log: what its commit changes, and where the log says so, the whole
 * manifest behind it.
 *
 * @param delta what the commit in this frame changes; in an OPEN frame that carries no commit,
 *     nothing
 * @param manifest the manifest behind the frame, or null when it is the one before it and the delta
 */
record Head(Delta delta, @Nullable Manifest manifest) {
  byte[] toByteArray() {
    Wire.Out out = new Wire.Out();
    Delta.write(out, delta);
    out.maybe(manifest, Manifest::write);
    return out.toByteArray();
  }

  static Head of(Frame frame) {
    Wire.In in = new Wire.In(frame.head());
    return new Head(Delta.read(in), in.maybe(Manifest::read));
  }

  /** Whether {@link #fold} needs the frame, or can do without it: see there. */
  static boolean matters(Frame frame) {
    Head head = of(frame);
    return head.manifest != null || !head.delta.isPlain();
  }

  /**
   * The manifests behind each of {@code frames}, of which the first holds a whole one. Those that
   * do not {@link #matters matter} may have been left out, except the last.
   */
  static List<Manifest> fold(List<History.Located> frames) {
    List<Manifest> manifests = new ArrayList<>();
    Manifest newest = Manifest.EMPTY;
    for (History.Located located : frames) {
      Head head = of(located.frame());
      Manifest whole = head.manifest;
      Frame.Identity identity = located.frame().identity();
      if (whole == null && identity.seq() > newest.version() + 1) {
        newest = newest.through(identity.epoch(), located.part(), identity.seq() - 1);
      }
      newest = whole != null ? whole : newest.after(identity, located.part(), head.delta);
      manifests.add(newest);
    }
    return manifests;
  }
}
