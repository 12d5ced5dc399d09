package io.pagurus.internal.log;

import java.util.List;

/**
 * How the newest state of a store lies in its bucket. What is listed there says less: what a
 * compaction replaced stays for a while.
 *
 * @param bases how many base segments there are
 * @param baseBytes how long they are
 * @param tailCommits how many commits a restart replays over them
 * @param tailBytes how long those are
 */
public record BucketState(int bases, long baseBytes, long tailCommits, long tailBytes) {
  /** As of now. */
  public static BucketState of(ObjectStore objects) {
    SlotLog log = new SlotLog(objects);
    Image image = StateRecovery.newest(Head.fold(log.history(Head::matters).frames())).image();
    List<SegmentRef> bases = image.distinctBases();
    return new BucketState(
        bases.size(),
        bases.stream().mapToLong(SegmentRef::length).sum(),
        image.tailCommits(),
        image.tail().stream()
            .flatMap(range -> log.objects(range).stream())
            .mapToLong(ObjectInfo::length)
            .sum());
  }
}
