package io.pagurus.internal.log;

import io.pagurus.StoreUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the bases anew with what the tail changed. It reads committed segments and frames, never
 * live memory; what it writes is nobody's until a commit says so.
 *
 * <p>Only partitions that the tail touched are written again. Memory: what the tail holds for the
 * partitions that are worked on together ({@link LogSettings#mergeBytes}), one old and one new
 * segment.
 */
final class Compaction {
  private static final Logger logger = LoggerFactory.getLogger(Compaction.class);

  /** So many slots are looked at at once to see how long they are. */
  private static final int STEP = 32;

  /** To look at a clock for each entry would cost more than some of them do. */
  private static final int ENTRIES_A_STEP = 64;

  private final Segments segments;
  private final CommitLog log;
  private final LogSettings settings;
  private final Ids ids;
  private final Pace pace;
  private final BooleanSupplier cancelled;
  private int entriesSinceStep;

  Compaction(
      Segments segments,
      CommitLog log,
      LogSettings settings,
      Ids ids,
      Pace pace,
      BooleanSupplier cancelled) {
    this.pace = pace;
    this.segments = segments;
    this.log = log;
    this.settings = settings;
    this.ids = ids;
    this.cancelled = cancelled;
  }

  /**
   * Where a compaction ends.
   *
   * @param version the last commit it takes in
   * @param bytes how long that is
   */
  record End(long version, long bytes) {}

  /**
   * Where one ends that takes in no more of the tail than that, or a step more. The steps are as
   * long as what can be read at once.
   */
  End end(Image image, long version, long mostBytes, long mostCommits) {
    boolean any = log.manifestInEveryFrame();
    long commits = 0;
    long[] bytes = {0};
    for (Range range : image.tail()) {
      for (long from = range.from(); from <= range.to(); ) {
        long to = any ? Math.min(range.to(), from + STEP - 1) : range.to();
        Range step = new Range(range.epoch(), range.part(), from, to);
        log.read(
            step,
            frame -> {
              step();
              bytes[0] += frame.blocks().rawLength();
            });
        commits += step.commits();
        if (bytes[0] >= mostBytes || commits >= mostCommits) {
          return new End(to, bytes[0]);
        }
        from = to + 1;
      }
    }
    return new End(version, bytes[0]);
  }

  /**
   * Merges the tail of {@code image}, whose newest commit is {@code version}, into its bases.
   *
   * @param tailBytes how long the tail is
   * @param epoch the epoch of this owner, part of the names
   * @throws CancellationException when it was cancelled; what was written is removed again
   */
  Delta.Merge run(Image image, long version, long tailBytes, long epoch, Instant now) {
    List<SegmentRef> written = new ArrayList<>();
    boolean done = false;
    try {
      Delta.Merge merge =
          new Delta.Merge(merge(image, version, tailBytes, epoch, now, written), version);
      done = true;
      return merge;
    } finally {
      if (!done) {
        discard(written);
      }
    }
  }

  /** Removes segments that no commit refers to. */
  void discard(List<SegmentRef> written) {
    for (SegmentRef ref : written) {
      try {
        segments.delete(ref);
      } catch (RuntimeException e) {
        // An orphan: the next owner finds it.
        logger.debug("{} is left behind", ref.key(), e);
      }
    }
  }

  private List<@Nullable SegmentRef> merge(
      Image image,
      long version,
      long tailBytes,
      long epoch,
      Instant now,
      List<SegmentRef> written) {
    int before = image.bases().size();
    int partitions = partitions(image, tailBytes);
    List<@Nullable SegmentRef> merged = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      merged.add(image.bases().get(p & (before - 1)));
    }
    int rounds = (int) Math.min(partitions, 1 + tailBytes / settings.mergeBytes());
    for (int round = 0; round < rounds; round++) {
      Map<Integer, Changes> changes = changes(image, partitions, rounds, round);
      for (Map.Entry<Integer, Changes> entry : changes.entrySet()) {
        int partition = entry.getKey();
        merged.set(
            partition,
            write(
                image.bases().get(partition & (before - 1)),
                partition,
                partitions,
                entry.getValue(),
                version,
                epoch,
                now,
                written));
      }
    }
    return merged;
  }

  private int partitions(Image image, long tailBytes) {
    long wanted = (image.baseBytes() + tailBytes) / settings.partitionBytes();
    int partitions = image.bases().size();
    while (partitions < wanted && partitions < 1 << 14) {
      partitions *= 2;
    }
    return partitions;
  }

  /** What the tail did to the partitions of one round. */
  private Map<Integer, Changes> changes(Image image, int partitions, int rounds, int round) {
    Map<Integer, Changes> changes = new TreeMap<>();
    CommitLog.FrameReader reader =
        frame -> {
          step();
          for (int space : Head.of(frame).delta().clears()) {
            for (int p = round; p < partitions; p += rounds) {
              changes.computeIfAbsent(p, q -> new Changes()).clear(space);
            }
          }
          Blocks.Cursor entries = new Blocks.Cursor(frame.blocks());
          while (entries.next()) {
            entryDone();
            int partition = Partitions.of(entries, partitions);
            if (partition % rounds == round) {
              changes.computeIfAbsent(partition, q -> new Changes()).add(entries);
            }
          }
        };
    for (Range range : image.tail()) {
      if (!range.isEmpty()) {
        log.read(range, reader);
      }
    }
    changes.values().removeIf(Changes::isEmpty);
    return changes;
  }

  private @Nullable SegmentRef write(
      @Nullable SegmentRef base,
      int partition,
      int partitions,
      Changes changes,
      long version,
      long epoch,
      Instant now,
      List<SegmentRef> written) {
    var id = ids.next();
    Blocks.Writer writer = new Blocks.Writer(id, Compression.FOR_SEGMENTS);
    Merge merge = new Merge(writer, changes, partition, partitions);
    if (base != null) {
      for (Blocks piece : segments.read(base).pieces()) {
        merge.add(piece);
        step();
      }
    }
    merge.addRest();
    if (merge.entries == 0) {
      return null;
    }
    Segments.Draft draft = segments.draft(epoch, version, id, writer, merge.entries, now);
    store(draft);
    written.add(draft.ref());
    return draft.ref();
  }

  /** Puts what a base holds and what the tail changed together, in order. */
  private final class Merge {
    private final Blocks.Writer writer;
    private final Changes changes;
    private final List<Changes.Latest> latest;
    private final int partition;
    private final int partitions;
    private int next;
    long entries;

    Merge(Blocks.Writer writer, Changes changes, int partition, int partitions) {
      this.writer = writer;
      this.changes = changes;
      this.latest = changes.sorted(Compaction.this::entryDone);
      this.partition = partition;
      this.partitions = partitions;
    }

    /** What follows in the base: as it is if it may stay so, else entry by entry. */
    void add(Blocks piece) {
      Supplier<Blocks.Cursor> cursors = piece.expanded();
      if (writer.canCopy(piece)) {
        int count = unchanged(cursors.get());
        if (count > 0 && writer.canCopy(piece)) {
          writer.copy(piece);
          entries += count;
          return;
        }
      }
      Blocks.Cursor old = cursors.get();
      writer.beginPiece();
      while (old.next()) {
        if (isForeign(old)) {
          entryDone();
          continue;
        }
        addBefore(old);
        if (orderOfNext(old) == 0) {
          add(latest.get(next++));
        } else if (!changes.isCleared(old.space())) {
          add(old);
        }
      }
      writer.endPiece();
    }

    /**
     * How many entries there are if all of them stay and no change comes to lie between them, else
     * zero. Adds the changes that come before them.
     */
    private int unchanged(Blocks.Cursor old) {
      int count = 0;
      while (old.next()) {
        entryDone();
        if (count++ == 0) {
          addBefore(old);
        }
        if (orderOfNext(old) <= 0 || changes.isCleared(old.space()) || isForeign(old)) {
          return 0;
        }
      }
      return count;
    }

    /** Where the next change belongs: before an entry, in its place, or behind it. */
    private int orderOfNext(Blocks.Cursor old) {
      return next < latest.size() ? latest.get(next).compareTo(old) : 1;
    }

    /** Whether an entry is no part of this: the base served two partitions. */
    private boolean isForeign(Blocks.Cursor old) {
      return old.isRemoved() || Partitions.of(old, partitions) != partition;
    }

    private void addBefore(Blocks.Cursor old) {
      while (orderOfNext(old) < 0) {
        add(latest.get(next++));
      }
    }

    void addRest() {
      while (next < latest.size()) {
        add(latest.get(next++));
      }
    }

    private void add(Changes.Latest change) {
      if (change.valueLength >= 0) {
        int valueAt = change.at + change.keyLength;
        byte[] in = change.in;
        writer.add(change.space, in, change.at, change.keyLength, in, valueAt, change.valueLength);
        entries++;
      }
      entryDone();
    }

    private void add(Blocks.Cursor old) {
      writer.add(
          old.space(),
          old.keyIn(),
          old.keyAt(),
          old.keyLength(),
          old.valueIn(),
          old.valueAt(),
          old.valueLength());
      entries++;
      entryDone();
    }
  }

  private void store(Segments.Draft draft) {
    PutResult result = segments.put(draft, this::step);
    for (int attempt = 1; result instanceof PutResult.Unknown && attempt < 5; attempt++) {
      check(); // not every storage writes piece by piece
      result = segments.put(draft, this::step);
    }
    if (result instanceof PutResult.NotCreated no) {
      throw new StoreUnavailableException(
          "Segment " + draft.ref().key() + " was not stored: " + no.cause(), no.cause());
    }
    if (result instanceof PutResult.Unknown unknown) {
      throw new StoreUnavailableException(
          "Segment " + draft.ref().key() + " may not be stored: " + unknown.cause(),
          unknown.cause());
    }
  }

  /** Behind each entry: a close waits for the end of this. */
  private void entryDone() {
    if (++entriesSinceStep == ENTRIES_A_STEP) {
      step();
    }
  }

  /** Between two pieces of work: ends it when it is not wanted any more, and lets commits go by. */
  private void step() {
    entriesSinceStep = 0;
    check();
    pace.step();
    check();
  }

  private void check() {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException();
    }
  }
}
