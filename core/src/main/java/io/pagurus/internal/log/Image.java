package io.pagurus.internal.log;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the state of one instant is made of: the base segment of each partition, and the ranges of
 * the log that are applied over them, in order. Immutable.
 *
 * <p>A checkpoint is an image that is kept; making one copies nothing.
 *
 * @param bases one for each partition, null where a partition is empty; a power of two of them. Two
 *     partitions may share a segment: each takes from it what {@link Partitions} gives it
 * @param covered the newest version whose changes are in the bases
 * @param tail ranges of the log, each newer than the one before, all newer than {@code covered}.
 *     The last one is where the next commit goes and may be empty
 */
record Image(List<@Nullable SegmentRef> bases, long covered, List<Range> tail) {
  Image {
    bases = Collections.unmodifiableList(new ArrayList<>(bases));
    tail = List.copyOf(tail);
  }

  /** Nothing. */
  static final Image EMPTY = new Image(Collections.singletonList(null), 0, List.of());

  /** The image behind a commit of {@code version} in a part of the log. */
  Image with(long epoch, int part, long version) {
    Range one = new Range(epoch, part, version, version);
    List<Range> longer = new ArrayList<>(tail);
    longer.removeIf(range -> range.isEmpty() && !range.samePart(one));
    int last = longer.size() - 1;
    if (last >= 0 && longer.get(last).samePart(one) && longer.get(last).to() == version - 1) {
      longer.set(last, longer.get(last).upTo(version));
    } else {
      longer.add(one);
    }
    return new Image(bases, covered, longer);
  }

  /** The image behind the commits {@code from} to {@code to} in a part of the log. */
  Image through(long epoch, int part, long from, long to) {
    Image longer = with(epoch, part, from);
    List<Range> ranges = new ArrayList<>(longer.tail);
    ranges.add(ranges.remove(ranges.size() - 1).upTo(to));
    return new Image(bases, covered, ranges);
  }

  /** The same state, with what is committed next in a new part. */
  Image goingOnIn(long epoch, int part, long version) {
    List<Range> longer = new ArrayList<>(tail);
    longer.removeIf(Range::isEmpty);
    longer.add(new Range(epoch, part, version + 1, version));
    return new Image(bases, covered, longer);
  }

  /** The same state, its newest commit taken from another part of the log. */
  Image carrying(long epoch, int part, long version) {
    List<Range> shorter = upTo(version - 1).tail;
    List<Range> longer = new ArrayList<>(shorter);
    longer.add(new Range(epoch, part, version, version));
    return new Image(bases, covered, longer);
  }

  /** Whether the commit {@code version} is the last of the tail. */
  boolean endsWith(long version) {
    Range last = tail.isEmpty() ? null : tail.get(tail.size() - 1);
    return last != null && !last.isEmpty() && last.to() == version;
  }

  /** The state as of an earlier commit of the tail. */
  Image upTo(long version) {
    List<Range> shorter = new ArrayList<>();
    for (Range range : tail) {
      if (range.from() <= version) {
        shorter.add(range.to() <= version ? range : range.upTo(version));
      }
    }
    shorter.removeIf(Range::isEmpty);
    return new Image(bases, covered, shorter);
  }

  /** The same state, with everything up to {@code version} in {@code merged}. */
  Image merged(List<@Nullable SegmentRef> merged, long version) {
    List<Range> rest = new ArrayList<>();
    for (int i = 0; i < tail.size(); i++) {
      Range range = tail.get(i);
      if (range.to() > version || i == tail.size() - 1) {
        rest.add(range.after(version));
      }
    }
    return new Image(merged, version, rest);
  }

  /** Commits in the tail. */
  long tailCommits() {
    return tail.stream().mapToLong(Range::commits).sum();
  }

  /** Everything it needs on storage. */
  List<Piece> pieces() {
    List<Piece> pieces = new ArrayList<>();
    for (SegmentRef base : bases) {
      if (base != null) {
        pieces.add(base);
      }
    }
    pieces.addAll(tail);
    return pieces;
  }

  /** Entries in the bases. */
  long baseEntries() {
    return distinctBases().stream().mapToLong(SegmentRef::entries).sum();
  }

  /** Bytes in the bases, before compression. */
  long baseBytes() {
    return distinctBases().stream().mapToLong(SegmentRef::rawBytes).sum();
  }

  /** Each base once. */
  List<SegmentRef> distinctBases() {
    Set<SegmentRef> distinct = new LinkedHashSet<>();
    for (SegmentRef base : bases) {
      if (base != null) {
        distinct.add(base);
      }
    }
    return new ArrayList<>(distinct);
  }

  static void write(Wire.Out out, Image image) {
    out.list(image.bases, SegmentRef::writeMaybe)
        .count(image.covered)
        .list(image.tail, Range::write);
  }

  static Image read(Wire.In in) {
    List<@Nullable SegmentRef> bases = in.list(SegmentRef::readMaybe);
    if (bases.isEmpty() || Integer.bitCount(bases.size()) != 1) {
      throw new IllegalStateException(bases.size() + " partitions");
    }
    return new Image(bases, in.count(), in.list(Range::read));
  }
}
