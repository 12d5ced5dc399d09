package io.pagurus.internal.engine;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts writes by stripes of keys, so that one who has read a key can tell later, without a lock,
 * that nobody has written it since. Another key of the same stripe makes that answer "perhaps",
 * which costs a retry and nothing else. Thread-safe.
 *
 * <p>A writer advances the stamp <em>after</em> its change is visible and before it leaves the
 * gate.
 */
final class WriteStamps {
  private static final int STRIPES = 1 << 13;

  private final AtomicLongArray stamps = new AtomicLongArray(STRIPES);

  static int stripe(int space, Object key) {
    int h = key.hashCode() * 31 + space;
    h *= 0x9E3779B9;
    return (h ^ (h >>> 16)) & (STRIPES - 1);
  }

  long read(int stripe) {
    return stamps.get(stripe);
  }

  void advance(int stripe) {
    stamps.incrementAndGet(stripe);
  }
}
