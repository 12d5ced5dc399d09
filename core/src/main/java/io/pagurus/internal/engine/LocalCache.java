package io.pagurus.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decoded values of an immutable type, in front of a backend that reads from memory. Thread-safe.
 *
 * <p>A miss costs a lookup and a decoding, which is less than what a cache that keeps the best
 * costs with each hit. So hits are counted nowhere, entries leave in no particular order, and once
 * it is full, only one in {@value #PATIENCE} misses replaces something: reads that go over more
 * than fits do not pay for a change of its content with each of them.
 */
final class LocalCache implements NearCache {
  private static final int PATIENCE = 8;

  /** An entry above this share of the whole would push out too many others. */
  private static final int LARGEST_SHARE = 64;

  private final ConcurrentHashMap<Object, Known> entries = new ConcurrentHashMap<>();
  private final AtomicLong weight = new AtomicLong();
  private volatile long maxBytes;

  /** Of the full cache; counted without a lock, since one that is lost does no harm. */
  private int misses;

  /** Held while entries leave, never waited for; no other lock but those of the entries inside. */
  private final ReentrantLock leaving = new ReentrantLock();

  /** Finds the next entry to leave. */
  @GuardedBy("leaving")
  private Iterator<Object> hand = entries.keySet().iterator();

  LocalCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public @Nullable Known get(Object key) {
    return entries.get(key);
  }

  /** Replaces what is known; what was not asked for so far is not taken. */
  @Override
  public void committed(Object key, Slot slot) {
    entries.computeIfPresent(
        key,
        (k, now) -> {
          Known known = slot.isTombstone() ? null : Known.of(slot);
          weight.addAndGet((known == null ? 0 : known.weight()) - now.weight());
          return known;
        });
  }

  @Override
  public void loaded(Object key, Known known, BooleanSupplier stillValid) {
    if (known.content() == null || known.weight() > maxBytes / LARGEST_SHARE) {
      return;
    }
    boolean full = weight.get() + known.weight() > maxBytes;
    if (full && ++misses % PATIENCE != 0) {
      return;
    }
    entries.compute(
        key,
        (k, now) -> {
          if (now != null || !stillValid.getAsBoolean()) {
            return now;
          }
          weight.addAndGet(known.weight());
          return known;
        });
    if (full) {
      makeRoom();
    }
  }

  @Override
  public NearCache fresh() {
    return new LocalCache(maxBytes);
  }

  @Override
  public void resize(long maxBytes) {
    this.maxBytes = maxBytes;
    makeRoom();
  }

  private void makeRoom() {
    if (!leaving.tryLock()) {
      return; // somebody is at it
    }
    try {
      while (weight.get() > maxBytes && !entries.isEmpty()) {
        if (!hand.hasNext()) {
          hand = entries.keySet().iterator();
        }
        if (hand.hasNext()) {
          Known left = entries.remove(hand.next());
          weight.addAndGet(left == null ? 0 : -left.weight());
        }
      }
    } finally {
      leaving.unlock();
    }
  }
}
