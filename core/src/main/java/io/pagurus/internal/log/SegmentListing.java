package io.pagurus.internal.log;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The segments that a storage shows, whether anything refers to them or not. */
final class SegmentListing {
  private static final int PAGE = 1_000;

  private SegmentListing() {}

  /** All of them; only name and length are known. */
  static List<SegmentRef> all(ObjectStore objects) {
    List<SegmentRef> all = new ArrayList<>();
    String after = null;
    while (true) {
      List<ObjectInfo> page = objects.list(SegmentRef.PREFIX, after, PAGE);
      for (ObjectInfo object : page) {
        SegmentRef ref = parse(object);
        if (ref != null) {
          all.add(ref);
        }
        after = object.key();
      }
      if (page.size() < PAGE) {
        return all;
      }
    }
  }

  private static @Nullable SegmentRef parse(ObjectInfo object) {
    String[] parts = object.key().split("/", -1);
    try {
      return new SegmentRef(
          Long.parseLong(parts[1], 16), UUID.fromString(parts[2]), object.length(), 0, 0, 0);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      return null; // somebody else's file
    }
  }

  /** Whether one of {@code pieces} has the name of {@code segment}. */
  static boolean contains(List<Piece> pieces, SegmentRef segment) {
    for (Piece piece : pieces) {
      if (piece instanceof SegmentRef other
          && other.epoch() == segment.epoch()
          && other.id().equals(segment.id())) {
        return true;
      }
    }
    return false;
  }
}
