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

  /** The manifests behind each of {@code frames}, of which the first holds a whole one. */
  static List<Manifest> fold(List<History.Located> frames) {
    List<Manifest> manifests = new ArrayList<>();
    Manifest newest = Manifest.EMPTY;
    for (History.Located located : frames) {
      Head head = of(located.frame());
      Manifest whole = head.manifest;
      newest =
          whole != null
              ? whole
              : newest.after(located.frame().identity(), located.part(), head.delta);
      manifests.add(newest);
    }
    return manifests;
  }
}
