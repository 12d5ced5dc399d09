package io.pagurus.internal.log;

import io.pagurus.Checkpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a commit changes in the {@link Manifest}, apart from its entries. Immutable.
 *
 * @param entries how many entries the store holds behind the commit, or {@link
 *     Manifest#NOT_COUNTED}
 * @param release whether it is the goodbye of its owner
 * @param clears spaces that it empties, before its entries are set
 * @param restoreTo id of the checkpoint whose state it begins with, or null
 * @param newCheckpoints checkpoints that it records
 * @param droppedCheckpoints ids of checkpoints that it forgets
 * @param merge bases that replace older ones, or null
 * @param trashed what nothing needs any more, to be deleted later
 * @param deleted what was deleted since, and leaves the trash
 */
record Delta(
    long entries,
    boolean release,
    List<Integer> clears,
    @Nullable String restoreTo,
    List<Checkpoint> newCheckpoints,
    List<String> droppedCheckpoints,
    @Nullable Merge merge,
    List<Piece> trashed,
    List<Piece> deleted) {

  /**
   * The outcome of a compaction.
   *
   * @param bases the new base of each partition
   * @param covered the version up to which they hold everything
   */
  record Merge(List<@Nullable SegmentRef> bases, long covered) {
    static void write(Wire.Out out, Merge merge) {
      out.list(merge.bases, SegmentRef::writeMaybe).count(merge.covered);
    }

    static Merge read(Wire.In in) {
      return new Merge(in.list(SegmentRef::readMaybe), in.count());
    }
  }

  /** The delta that changes nothing, for a store of so many entries. */
  static Delta none(long entries, boolean release) {
    return new Delta(
        entries, release, List.of(), null, List.of(), List.of(), null, List.of(), List.of());
  }

  /** Whether nothing changes but the version, entries, and how many there are. */
  boolean isPlain() {
    return !release
        && restoreTo == null
        && newCheckpoints.isEmpty()
        && droppedCheckpoints.isEmpty()
        && merge == null
        && trashed.isEmpty()
        && deleted.isEmpty();
  }

  static void write(Wire.Out out, Delta delta) {
    out.count(Manifest.stored(delta.entries))
        .flag(delta.release)
        .list(delta.clears, (o, space) -> o.count(space))
        .maybe(delta.restoreTo, Wire.Out::text)
        .list(delta.newCheckpoints, Delta::write)
        .list(delta.droppedCheckpoints, Wire.Out::text)
        .maybe(delta.merge, Merge::write)
        .list(delta.trashed, Piece::write)
        .list(delta.deleted, Piece::write);
  }

  static Delta read(Wire.In in) {
    return new Delta(
        Manifest.entries(in.count()),
        in.flag(),
        in.list(i -> (int) i.count()),
        in.maybe(Wire.In::text),
        in.list(Delta::checkpoint),
        in.list(Wire.In::text),
        in.maybe(Merge::read),
        in.list(Piece::read),
        in.list(Piece::read));
  }

  static void write(Wire.Out out, Checkpoint checkpoint) {
    out.text(checkpoint.id())
        .maybe(checkpoint.label(), Wire.Out::text)
        .count(checkpoint.version())
        .time(checkpoint.createdAt());
  }

  static Checkpoint checkpoint(Wire.In in) {
    return new Checkpoint(in.text(), in.maybe(Wire.In::text), in.count(), in.time());
  }
}
