package io.pagurus.internal.log;

/**
 * A run of commits in one part of the log.
 *
 * @param epoch the epoch they are in
 * @param part the part of the epoch; 0 where the log has no parts
 * @param from the version of the first commit
 * @param to the version of the last one; {@code from - 1} when there is none yet
 */
public record Range(long epoch, int part, long from, long to) implements Piece {
  /** Whether it holds no commit. */
  public boolean isEmpty() {
    return to < from;
  }

  /** How many commits it holds. */
  long commits() {
    return to - from + 1;
  }

  /** Whether both lie in the same part of the log. */
  public boolean samePart(Range other) {
    return epoch == other.epoch && part == other.part;
  }

  /** The same, ending at {@code version}. */
  Range upTo(long version) {
    return new Range(epoch, part, from, version);
  }

  /** The same, without what is not newer than {@code version}. */
  Range after(long version) {
    return new Range(epoch, part, Math.max(from, version + 1), to);
  }

  static void write(Wire.Out out, Range range) {
    out.count(range.epoch).count(range.part).count(range.from).count(range.to + 1);
  }

  static Range read(Wire.In in) {
    return new Range(in.count(), (int) in.count(), in.count(), in.count() - 1);
  }
}
