package io.pagurus.internal.log;

import java.time.Duration;

/**
 * Sizes and times of the engine.
 *
 * @param reclaimBytes the log may hold so much that is overwritten, before it is compacted
 * @param tailBytes the log may hold so much, and half of what the bases hold, before it is
 *     compacted: what a restart replays
 * @param partitionBytes how large a partition should be, before compression
 * @param mergeBytes how much of the log a compaction holds in memory
 * @param gcGrace how long what nothing needs any more stays, for readers in other processes and for
 *     {@link io.pagurus.DamagePolicy#LAST_GOOD}
 * @param keptCommits for how many commits it stays at least
 */
public record LogSettings(
    long reclaimBytes,
    long tailBytes,
    long partitionBytes,
    long mergeBytes,
    Duration gcGrace,
    int keptCommits) {
  /** What is used unless somebody says otherwise. */
  public static final LogSettings DEFAULT =
      new LogSettings(8 << 20, 64 << 20, 32 << 20, 64 << 20, Duration.ofMinutes(10), 8);
}
