package io.pagurus.internal.log;

import java.util.Arrays;

/**
 * Which partition an entry is in. The function is part of the format: it says what is found in
 * which segment. With twice as many partitions, each one falls into itself and one more, so that a
 * segment can serve both until one of them is written again.
 */
final class Partitions {
  private Partitions() {}

  /**
   * The partition of an entry.
   *
   * @param count how many there are, a power of two
   */
  static int of(int space, byte[] key, int count) {
    return of(31 * space + Arrays.hashCode(key), count);
  }

  /** As above, of the entry at which {@code entry} is. */
  static int of(Blocks.Cursor entry, int count) {
    byte[] bytes = entry.keyIn();
    int keyHash = 1; // as Arrays.hashCode
    for (int i = entry.keyAt(); i < entry.keyAt() + entry.keyLength(); i++) {
      keyHash = 31 * keyHash + bytes[i];
    }
    return of(31 * entry.space() + keyHash, count);
  }

  private static int of(int mixed, int count) {
    int hash = mixed;
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return (hash ^ (hash >>> 16)) & (count - 1);
  }
}
