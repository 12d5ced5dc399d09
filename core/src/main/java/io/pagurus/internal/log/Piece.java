package io.pagurus.internal.log;

/** Something on storage that an {@link Image} needs: a segment, or a range of the log. */
public sealed interface Piece permits Range, SegmentRef {
  private static int tag(Piece piece) {
    return piece instanceof Range ? 0 : 1;
  }

  static void write(Wire.Out out, Piece piece) {
    out.octet(tag(piece));
    if (piece instanceof Range range) {
      Range.write(out, range);
    } else if (piece instanceof SegmentRef segment) {
      SegmentRef.write(out, segment);
    }
  }

  static Piece read(Wire.In in) {
    return in.octet() == 0 ? Range.read(in) : SegmentRef.read(in);
  }
}
