package io.pagurus.internal.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the tail did to one partition. Keys and values are copied into arrays that hold many of
 * them: an object for each would be most of what a compaction leaves to the garbage collector. Not
 * thread-safe.
 */
final class Changes {
  private static final int LEAST_ROOM = 1 << 10;
  private static final int MOST_ROOM = 128 << 10;

  private final List<Latest> inOrderOfLog = new ArrayList<>();
  private final Set<Integer> cleared = new HashSet<>();
  private byte[] room = {};
  private int used;

  /** Where the last lies that the log says of an entry. */
  static final class Latest {
    final int space;
    final byte[] in;
    final int at;
    final int keyLength;

    /** The value lies behind the key; negative: removed. */
    final int valueLength;

    Latest(int space, byte[] in, int at, int keyLength, int valueLength) {
      this.space = space;
      this.in = in;
      this.at = at;
      this.keyLength = keyLength;
      this.valueLength = valueLength;
    }

    /** In the order of a segment. */
    int compareTo(Blocks.Cursor entry) {
      return compareTo(entry.space(), entry.keyIn(), entry.keyAt(), entry.keyLength());
    }

    private int compareTo(Latest other) {
      return compareTo(other.space, other.in, other.at, other.keyLength);
    }

    private int compareTo(int otherSpace, byte[] otherIn, int otherAt, int otherLength) {
      int spaces = Integer.compare(space, otherSpace);
      return spaces != 0
          ? spaces
          : Arrays.compareUnsigned(in, at, at + keyLength, otherIn, otherAt, otherAt + otherLength);
    }
  }

  boolean isEmpty() {
    return inOrderOfLog.isEmpty() && cleared.isEmpty();
  }

  boolean isCleared(int space) {
    return cleared.contains(space);
  }

  /** Copies the entry at which {@code change} is. */
  void add(Blocks.Cursor change) {
    int keyLength = change.keyLength();
    int valueLength = change.valueLength();
    int length = keyLength + Math.max(0, valueLength);
    if (length > room.length - used) {
      room = new byte[Math.max(length, Math.min(MOST_ROOM, Math.max(LEAST_ROOM, 2 * room.length)))];
      used = 0;
    }
    System.arraycopy(change.keyIn(), change.keyAt(), room, used, keyLength);
    if (valueLength > 0) {
      System.arraycopy(change.valueIn(), change.valueAt(), room, used + keyLength, valueLength);
    }
    inOrderOfLog.add(new Latest(change.space(), room, used, keyLength, valueLength));
    used += length;
  }

  void clear(int space) {
    cleared.add(space);
    inOrderOfLog.removeIf(change -> change.space == space);
  }

  /**
   * In the order of a segment, each place once. Sorting once costs less than keeping a tree, and
   * next to nothing where the log is in order.
   *
   * @param step called now and then, because it may take long
   */
  List<Latest> sorted(Runnable step) {
    Latest[] all = inOrderOfLog.toArray(new Latest[0]);
    Arrays.sort( // stable: the last of those at one place is the newest
        all,
        (one, other) -> {
          step.run();
          return one.compareTo(other);
        });
    List<Latest> newest = new ArrayList<>(all.length);
    for (int i = 0; i < all.length; i++) {
      if (i + 1 == all.length || all[i].compareTo(all[i + 1]) != 0) {
        newest.add(all[i]);
      }
    }
    return newest;
  }
}
