package io.pagurus.internal.log;

import java.time.Duration;

/**
 * Sizes and times of the engine.
 *
 * @param reclaimBytes the log may hold so much that is overwritten, before it is compacted
 * @param tailBytes the log may hold so much, and half of what the bases hold, before it is
 *     compacted: what a restart replays
 * @param longestTailBytes more than that it never holds, however much the bases do
 * @param tailCommits where each commit is an object of its own: the log may hold so many before it
 *     is compacted, if what is written for that is at most four times what the log holds
 * @param mostTailCommits at so many it is compacted in any case, so that a restart is short
 * @param partitionBytes how large a partition should be, before compression
 * @param mergeBytes how much of the log a compaction holds in memory
 * @param gcGrace how long what nothing needs any more stays, for readers in other processes and for
 *     {@link io.pagurus.DamagePolicy#LAST_GOOD}
 * @param keptCommits for how many commits it stays at least
 * @param restore how a restart reads
 */
public record LogSettings(
    long reclaimBytes,
    long tailBytes,
    long longestTailBytes,
    int tailCommits,
    int mostTailCommits,
    long partitionBytes,
    long mergeBytes,
    Duration gcGrace,
    int keptCommits,
    Restore restore) {

  private static final int MANY_COMMITS = 512;
  private static final int MOST_COMMITS = 4_096;

  /** With a restore as from a local disk, and the usual numbers of commits. */
  public LogSettings(
      long reclaimBytes,
      long tailBytes,
      long partitionBytes,
      long mergeBytes,
      Duration gcGrace,
      int keptCommits) {
    this(
        reclaimBytes,
        tailBytes,
        1L << 30,
        MANY_COMMITS,
        MOST_COMMITS,
        partitionBytes,
        mergeBytes,
        gcGrace,
        keptCommits,
        Restore.DISK);
  }

  /** What is used unless somebody says otherwise: made for a local disk. */
  public static final LogSettings DEFAULT =
      new LogSettings(8 << 20, 64 << 20, 32 << 20, 64 << 20, Duration.ofMinutes(10), 8);

  /**
   * For a bucket: a request takes long and many may be under way; what is replayed before the first
   * read does not grow with the state, and the rest is fetched lazily.
   */
  public static final LogSettings BUCKET =
      new LogSettings(
          8 << 20,
          64 << 20,
          64 << 20,
          MANY_COMMITS,
          MOST_COMMITS,
          32 << 20,
          64 << 20,
          Duration.ofMinutes(10),
          8,
          Restore.BUCKET);

  /** The same, with another restore. */
  public LogSettings with(Restore other) {
    return new LogSettings(
        reclaimBytes,
        tailBytes,
        longestTailBytes,
        tailCommits,
        mostTailCommits,
        partitionBytes,
        mergeBytes,
        gcGrace,
        keptCommits,
        other);
  }

  /** The same, with other numbers of commits. */
  public LogSettings withTailCommits(int many, int most) {
    return new LogSettings(
        reclaimBytes,
        tailBytes,
        longestTailBytes,
        many,
        most,
        partitionBytes,
        mergeBytes,
        gcGrace,
        keptCommits,
        restore);
  }

  /**
   * How a restart reads.
   *
   * @param lazyAboveBytes where the bases hold more bytes than this on storage, the store opens
   *     before they are read, and a partition is fetched when it is needed; {@link Long#MAX_VALUE}:
   *     everything is read first
   * @param reads so many ranges are read at once
   * @param rangeBytes how long a range is; {@code reads + 2} of them are in memory at most
   * @param firstSpaces spaces below this are read before a store opens in any case, from the
   *     beginnings of the bases: the catalog, the plain fields and what is known of former runs,
   *     which the engine reads at once
   * @param lookUps for so many keys in each base, a read before the base is there looks for its key
   *     in the bytes of the base, for which it reads all of them; later ones wait for the base
   */
  public record Restore(
      long lazyAboveBytes, int reads, int rangeBytes, int firstSpaces, int lookUps) {
    /** Without looking up single keys. */
    public Restore(long lazyAboveBytes, int reads, int rangeBytes, int firstSpaces) {
      this(lazyAboveBytes, reads, rangeBytes, firstSpaces, 0);
    }

    public Restore {
      if (reads < 1 || rangeBytes < 1 || firstSpaces < 0 || lookUps < 0) {
        throw new IllegalArgumentException(
            reads + " reads of " + rangeBytes + " bytes, spaces below " + firstSpaces);
      }
    }

    static final int FIRST_SPACES = 3;

    /** From a local disk: little is read before it is served, and much at once. */
    public static final Restore DISK = new Restore(4 << 20, 4, 1 << 20, FIRST_SPACES, 8);

    /** From a bucket. */
    public static final Restore BUCKET = new Restore(8 << 20, 8, 8 << 20, FIRST_SPACES);
  }
}
