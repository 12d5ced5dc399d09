package io.pagurus.internal.log;

/** Something on storage that an {@link Image} needs: a segment, or a range of the log. */
public sealed interface Piece permits Range, SegmentRef {
  /** The tag of a range; a segment has others. */
  int RANGE = 0;

  static void write(Wire.Out out, Piece piece) {
    if (piece instanceof Range range) {
      out.octet(RANGE);
      Range.write(out, range);
    } else if (piece instanceof SegmentRef segment) {
      SegmentRef.write(out, segment);
    }
  }

  static Piece read(Wire.In in) {
    int tag = in.octet();
    return tag == RANGE ? Range.read(in) : SegmentRef.read(in, tag);
  }
}
