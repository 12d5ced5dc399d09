package io.pagurus.internal.log;

import java.util.ArrayList;
import java.util.List;

/**
 * Which pieces nothing needs any more. Always worked out anew from manifests, never counted.
 *
 * <p>A part of an append file is one thing: as long as any commit in it is needed, all of it is.
 */
final class Garbage {
  /** A range is stored with the version behind it, which must be a number, too. */
  private static final long LAST = Long.MAX_VALUE - 1;

  private final boolean wholeParts;

  Garbage(boolean wholeParts) {
    this.wholeParts = wholeParts;
  }

  /** What {@code before} needed and {@code after} does not, and is not in its trash yet. */
  List<Piece> between(Manifest before, Manifest after) {
    List<Piece> garbage = new ArrayList<>();
    List<Piece> needed = after.needed();
    for (Piece piece : before.needed()) {
      for (Piece free : without(piece, needed)) {
        boolean known =
            garbage.contains(free) || after.trash().stream().anyMatch(t -> t.piece().equals(free));
        if (!known) {
          garbage.add(free);
        }
      }
    }
    return garbage;
  }

  /** What of {@code piece} is not in {@code needed}. */
  List<Piece> without(Piece piece, List<Piece> needed) {
    if (!(piece instanceof Range range)) {
      return needed.contains(piece) ? List.of() : List.of(piece);
    }
    if (range.to() == Long.MAX_VALUE) {
      return without(range.upTo(LAST), needed);
    }
    if (wholeParts) {
      for (Piece other : needed) {
        if (other instanceof Range used && used.samePart(range)) {
          return List.of();
        }
      }
      return List.of(new Range(range.epoch(), range.part(), 0, LAST));
    }
    List<Range> left = range.isEmpty() ? List.of() : List.of(range);
    for (Piece other : needed) {
      if (other instanceof Range used && used.samePart(range) && !used.isEmpty()) {
        left = subtract(left, used);
      }
    }
    return List.copyOf(left);
  }

  private static List<Range> subtract(List<Range> ranges, Range used) {
    List<Range> left = new ArrayList<>();
    for (Range range : ranges) {
      Range before = range.upTo(Math.min(range.to(), used.from() - 1));
      Range behind = range.after(used.to());
      if (!before.isEmpty()) {
        left.add(before);
      }
      if (!behind.isEmpty()) {
        left.add(behind);
      }
    }
    return left;
  }
}
