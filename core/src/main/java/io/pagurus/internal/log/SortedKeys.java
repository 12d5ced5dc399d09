package io.pagurus.internal.log;

import io.pagurus.spi.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one space in order, made for a scan and kept right afterwards: a sorted array, and
 * beside it the keys added since. It may cover a part of the space only, from one key to another.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>Every key that has a value and lies in the range is here. Keys here may have lost their
 *       value: a read looks each one up.
 *   <li>It is made as follows, so that no commit waits for the sorting: with the table locked
 *       against commits, the table begins to {@link #add} each new key; unlocked, the keys are
 *       gathered in any weakly consistent way and sorted; locked again, it is put to use. A key
 *       that the gathering missed was added since, or has no value.
 *   <li>The array and the range are set once, by {@link #finish}, before it is put to use.
 * </ol>
 *
 * <p>{@link #add} is called by one thread at a time and never beside {@link #read}: the table's
 * lock sees to that. {@link #merged} may run beside everything.
 */
public final class SortedKeys {
  /** Below this it is not worth the while to make it anew. */
  private static final int TOLERATED = 8_192;

  private final byte[] from;
  private byte @Nullable [] to;
  private byte[][] sorted = {};
  private final ConcurrentSkipListSet<byte[]> added =
      new ConcurrentSkipListSet<>(Arrays::compareUnsigned);
  private volatile int addedCount;
  private final AtomicLong lookedUpInVain = new AtomicLong();

  /** Nothing yet, of the range that begins at {@code from}. */
  public SortedKeys(byte[] from) {
    this.from = from;
  }

  /** Takes note of a key that had no value before. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  public void add(byte[] key) {
    if (covers(key) && added.add(key)) {
      addedCount++;
    }
  }

  /**
   * Sets what was gathered.
   *
   * @param ascending distinct keys of the range
   * @param to the last key of the range, null when it has no end
   */
  public void finish(byte[][] ascending, byte @Nullable [] to) {
    this.sorted = ascending;
    this.to = to;
  }

  /** Where the range begins. */
  public byte[] from() {
    return from;
  }

  /** The last key of the range, or null. */
  public byte @Nullable [] to() {
    return to;
  }

  /** Whether a key is in the range. */
  public boolean covers(byte[] key) {
    byte[] last = to;
    return Arrays.compareUnsigned(key, from) >= 0
        && (last == null || Arrays.compareUnsigned(key, last) <= 0);
  }

  /** Whether so much was added or removed that it should be made anew with {@link #merged}. */
  public boolean isStale() {
    long tolerated = Math.max(TOLERATED, sorted.length / 4);
    return addedCount > tolerated || lookedUpInVain.get() > tolerated;
  }

  /** Whether it has outgrown its use: nobody has read it for long. */
  public boolean isAbandoned() {
    return addedCount > Math.max(8 * TOLERATED, sorted.length);
  }

  /** All keys in order, without those that {@code hasValue} denies. */
  public byte[][] merged(Predicate<byte[]> hasValue) {
    byte[][] all = new byte[sorted.length + addedCount + TOLERATED][];
    int count = 0;
    for (Cursor keys = new Cursor(from, true); keys.hasNext(); ) {
      byte[] key = keys.next();
      if (hasValue.test(key)) {
        if (count == all.length) {
          all = Arrays.copyOf(all, count + count / 2);
        }
        all[count++] = key;
      }
    }
    return Arrays.copyOf(all, count);
  }

  /** Where a scan begins: at a prefix, or behind a key. */
  public static byte[] start(byte[] prefix, byte @Nullable [] after) {
    return after == null || Arrays.compareUnsigned(after, prefix) < 0 ? prefix : after;
  }

  /**
   * What a scan finds, or null when the range does not reach far enough or it {@link #isStale}.
   *
   * @param value gives the value of a key, or null
   */
  public @Nullable List<Entry> read(
      byte[] prefix,
      byte @Nullable [] after,
      int limit,
      Function<byte[], byte @Nullable []> value) {
    byte[] start = start(prefix, after);
    if (!covers(start)) {
      return null;
    }
    List<Entry> found = new ArrayList<>();
    Cursor keys = new Cursor(start, start != after);
    while (found.size() < limit && keys.hasNext()) {
      byte[] key = keys.next();
      if (!startsWith(key, prefix)) {
        return found;
      }
      byte[] present = value.apply(key);
      if (present != null) {
        found.add(new Entry(key, present));
      } else {
        lookedUpInVain.incrementAndGet();
        if (isStale()) {
          return null;
        }
      }
    }
    byte[] last = to;
    boolean ended = last == null || !startsWith(last, prefix) && isBehind(last, prefix);
    return found.size() >= limit || ended ? found : null;
  }

  private static boolean isBehind(byte[] key, byte[] other) {
    return Arrays.compareUnsigned(key, other) > 0;
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** Both sources as one ascending sequence of distinct keys. */
  private final class Cursor implements Iterator<byte[]> {
    private final Iterator<byte[]> since;
    private byte @Nullable [] nextAdded;
    private int next;

    Cursor(byte[] start, boolean inclusive) {
      int found = Arrays.binarySearch(sorted, start, Arrays::compareUnsigned);
      next = found < 0 ? -found - 1 : inclusive ? found : found + 1;
      since = added.tailSet(start, inclusive).iterator();
      advance();
    }

    private void advance() {
      nextAdded = since.hasNext() ? since.next() : null;
      byte[] last = to;
      if (nextAdded != null && last != null && isBehind(nextAdded, last)) {
        nextAdded = null; // noted while the end was not known
      }
    }

    @Override
    public boolean hasNext() {
      return next < sorted.length || nextAdded != null;
    }

    @Override
    public byte[] next() {
      byte[] fromAdded = nextAdded;
      byte[] fromSorted = next < sorted.length ? sorted[next] : null;
      if (fromAdded == null) {
        if (fromSorted == null) {
          throw new NoSuchElementException();
        }
        next++;
        return fromSorted;
      }
      int order = fromSorted == null ? 1 : Arrays.compareUnsigned(fromSorted, fromAdded);
      if (order <= 0) {
        next++;
      }
      if (order >= 0) {
        advance();
      }
      return order <= 0 && fromSorted != null ? fromSorted : fromAdded;
    }
  }
}
