package io.pagurus.internal.log;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A segment as whoever needs it knows it: enough to find out a wrong, stale or shortened one.
 *
 * @param epoch the epoch in which it was written
 * @param id its id, part of its name and of all its checksums
 * @param length its length in bytes
 * @param entries how many entries it holds
 * @param rawBytes how long they are before compression
 * @param leastSpace no entry is in a space below this
 */
public record SegmentRef(
    long epoch, UUID id, long length, long entries, long rawBytes, int leastSpace)
    implements Piece {
  /** All segments begin with this. */
  static final String PREFIX = "s/";

  private static final int TAG = 2;

  /** What was written before {@link #leastSpace} was known. */
  private static final int TAG_WITHOUT_SPACE = 1;

  /** Its name on storage. */
  public String key() {
    return PREFIX + "%016x/%s".formatted(epoch, id);
  }

  /** With a tag in front that is never 0. */
  static void write(Wire.Out out, SegmentRef ref) {
    out.octet(TAG)
        .count(ref.epoch)
        .id(ref.id)
        .count(ref.length)
        .count(ref.entries)
        .count(ref.rawBytes)
        .count(ref.leastSpace);
  }

  /** What {@code tag} announces. */
  static SegmentRef read(Wire.In in, int tag) {
    if (tag != TAG && tag != TAG_WITHOUT_SPACE) {
      throw new IllegalStateException("a segment with tag " + tag);
    }
    return new SegmentRef(
        in.count(),
        in.id(),
        in.count(),
        in.count(),
        in.count(),
        tag == TAG_WITHOUT_SPACE ? 0 : (int) in.count());
  }

  static void writeMaybe(Wire.Out out, @Nullable SegmentRef ref) {
    if (ref == null) {
      out.octet(0);
    } else {
      write(out, ref);
    }
  }

  static @Nullable SegmentRef readMaybe(Wire.In in) {
    int tag = in.octet();
    return tag == 0 ? null : read(in, tag);
  }
}
