package io.pagurus.internal.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks at the newest manifest of a log. */
public final class Peek {
  private Peek() {}

  /**
   * What a test wants to know of it.
   *
   * @param version the newest commit
   * @param partitions how many partitions there are
   * @param bases the names of the base segments
   * @param covered the version that they cover
   * @param tail ranges of the log over them
   * @param kept what checkpoints need
   * @param trash what is to be deleted
   * @param trashedAt since which commit, for each of {@code trash}
   * @param quarantined what was put aside
   */
  public record View(
      long version,
      int partitions,
      List<String> bases,
      long covered,
      List<Range> tail,
      List<Piece> kept,
      List<Piece> trash,
      List<Long> trashedAt,
      List<Piece> quarantined) {}

  /** The blocks of a segment as they are stored, without their headers. */
  public static List<ByteBuffer> storedBlocks(byte[] segment) {
    List<ByteBuffer> stored = new ArrayList<>();
    for (ByteBuffer block : Frame.read(ByteBuffer.wrap(segment), "segment", 0).blocks().bytes()) {
      stored.add(block.position(Blocks.HEADER_BYTES).slice());
    }
    return stored;
  }

  /** The lowest space of each base as the manifest says, by the name of the base. */
  public static Map<String, Integer> leastSpaces(CommitLog log) {
    return newest(log).image().distinctBases().stream()
        .collect(Collectors.toMap(SegmentRef::key, SegmentRef::leastSpace));
  }

  /** The lowest space of the entries in a segment. */
  public static int leastSpace(byte[] segment) {
    int[] least = {Integer.MAX_VALUE};
    Frame.read(ByteBuffer.wrap(segment), "segment", 0)
        .blocks()
        .read((space, key, value) -> least[0] = Math.min(least[0], space));
    return least[0];
  }

  private static Manifest newest(CommitLog log) {
    return StateRecovery.newest(Head.fold(log.history(Head::matters).frames()));
  }

  /** The newest manifest. */
  public static View at(CommitLog log) {
    Manifest manifest = newest(log);
    List<Piece> kept = new ArrayList<>();
    manifest.checkpoints().forEach(one -> kept.addAll(one.image().pieces()));
    return new View(
        manifest.version(),
        manifest.image().bases().size(),
        manifest.image().distinctBases().stream().map(SegmentRef::key).toList(),
        manifest.image().covered(),
        manifest.image().tail(),
        kept,
        manifest.trash().stream().map(Manifest.Trash::piece).toList(),
        manifest.trash().stream().map(Manifest.Trash::version).toList(),
        manifest.quarantined());
  }
}
