package io.pagurus.internal.log;

import io.pagurus.StoreUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
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

  private final Segments segments;
  private final CommitLog log;
  private final LogSettings settings;
  private final Ids ids;
  private final BooleanSupplier cancelled;

  Compaction(
      Segments segments, CommitLog log, LogSettings settings, Ids ids, BooleanSupplier cancelled) {
    this.segments = segments;
    this.log = log;
    this.settings = settings;
    this.ids = ids;
    this.cancelled = cancelled;
  }

  /** The last that the log says of an entry; a value of null means removed. */
  private static final class Latest implements Comparable<Latest> {
    final int space;
    final byte[] key;
    final byte @Nullable [] value;

    Latest(int space, byte[] key, byte @Nullable [] value) {
      this.space = space;
      this.key = key;
      this.value = value;
    }

    /** In the order of a segment. */
    int compareTo(Blocks.Cursor entry) {
      return -entry.compareTo(space, key);
    }

    @Override
    @SuppressWarnings("ComparableType") // by the place of the entry only
    public int compareTo(Latest other) {
      int spaces = Integer.compare(space, other.space);
      return spaces != 0 ? spaces : Arrays.compareUnsigned(key, other.key);
    }
  }

  /** What the tail did to one partition. */
  private static final class Changes {
    private final List<Latest> inOrderOfLog = new ArrayList<>();
    final Set<Integer> cleared = new HashSet<>();

    boolean isEmpty() {
      return inOrderOfLog.isEmpty() && cleared.isEmpty();
    }

    void add(Latest change) {
      inOrderOfLog.add(change);
    }

    void clear(int space) {
      cleared.add(space);
      inOrderOfLog.removeIf(change -> change.space == space);
    }

    /**
     * In the order of a segment, each place once. Sorting once costs less than keeping a tree, and
     * next to nothing where the log is in order, as after a load.
     */
    List<Latest> sorted() {
      Latest[] all = inOrderOfLog.toArray(new Latest[0]);
      Arrays.sort(all); // stable: the last of those at one place is the newest
      List<Latest> newest = new ArrayList<>(all.length);
      for (int i = 0; i < all.length; i++) {
        if (i + 1 == all.length || all[i].compareTo(all[i + 1]) != 0) {
          newest.add(all[i]);
        }
      }
      return newest;
    }
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
        log.read(step, frame -> bytes[0] += frame.blocks().rawLength());
        check();
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
          check();
          for (int space : Head.of(frame).delta().clears()) {
            for (int p = round; p < partitions; p += rounds) {
              changes.computeIfAbsent(p, q -> new Changes()).clear(space);
            }
          }
          frame
              .blocks()
              .read(
                  (space, key, value) -> {
                    check();
                    int partition = Partitions.of(space, key, partitions);
                    if (partition % rounds == round) {
                      changes
                          .computeIfAbsent(partition, q -> new Changes())
                          .add(new Latest(space, key, value));
                    }
                  });
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
    Output output = new Output(writer);
    List<Latest> latest = changes.sorted();
    int next = 0;
    if (base != null) {
      Blocks.Cursor cursor = new Blocks.Cursor(segments.read(base));
      while (cursor.next()) {
        if (Partitions.of(cursor, partitions) != partition || cursor.isRemoved()) {
          check();
          continue;
        }
        int order = 1;
        while (next < latest.size() && (order = latest.get(next).compareTo(cursor)) < 0) {
          output.add(latest.get(next++));
        }
        if (next < latest.size() && order == 0) {
          output.add(latest.get(next++));
        } else if (!changes.cleared.contains(cursor.space())) {
          output.add(cursor);
        }
      }
    }
    while (next < latest.size()) {
      output.add(latest.get(next++));
    }
    if (output.entries == 0) {
      return null;
    }
    Segments.Draft draft = segments.draft(epoch, version, id, writer, output.entries, now);
    store(draft);
    written.add(draft.ref());
    return draft.ref();
  }

  /** Takes what the new base holds. */
  private final class Output {
    private final Blocks.Writer writer;
    long entries;

    Output(Blocks.Writer writer) {
      this.writer = writer;
    }

    void add(Latest latest) {
      add(latest.space, latest.key, latest.value);
    }

    void add(Blocks.Cursor entry) {
      add(entry.space(), entry.key(), entry.value());
    }

    private void add(int space, byte[] key, byte @Nullable [] value) {
      check(); // a close waits for the end of this, and compressing takes its time
      if (value != null) {
        writer.add(space, key, value);
        entries++;
      }
    }
  }

  private void store(Segments.Draft draft) {
    PutResult result = segments.put(draft);
    for (int attempt = 1; result instanceof PutResult.Unknown && attempt < 5; attempt++) {
      check();
      result = segments.put(draft);
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

  private void check() {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException();
    }
  }
}
