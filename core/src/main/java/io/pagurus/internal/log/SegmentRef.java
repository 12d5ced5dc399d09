package io.pagurus.internal.log;

import java.util.UUID;

/**
 * A segment as whoever needs it knows it: enough to find out a wrong, stale or shortened one.
 *
 * @param epoch the epoch in which it was written
 * @param id its id, part of its name and of all its checksums
 * @param length its length in bytes
 * @param entries how many entries it holds
 * @param rawBytes how long they are before compression
 */
public record SegmentRef(long epoch, UUID id, long length, long entries, long rawBytes)
    implements Piece {
  /** All segments begin with this. */
  static final String PREFIX = "s/";

  /** Its name on storage. */
  public String key() {
    return PREFIX + "%016x/%s".formatted(epoch, id);
  }

  static void write(Wire.Out out, SegmentRef ref) {
    out.count(ref.epoch).id(ref.id).count(ref.length).count(ref.entries).count(ref.rawBytes);
  }

  static SegmentRef read(Wire.In in) {
    return new SegmentRef(in.count(), in.id(), in.count(), in.count(), in.count());
  }
}
