package io.pagurus.internal.log;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.spi.Entry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values in a few large arrays, and a hash table of numbers that says where: a million
 * entries are no million objects, which the garbage collector would copy and follow. Thread-safe:
 * changes exclude each other, reads take no lock.
 *
 * <h2>Memory</h2>
 *
 * <p>An entry lies in a <em>chunk</em>: the lengths of its key and its value (4 bytes each), key,
 * value, rounded up to 8 bytes. Behind it comes the next one. Bytes of a chunk are written once.
 * Chunks are {@link #CHUNK_BYTES} long, the first ones shorter; an entry that takes more than a
 * quarter has one of its own. What is replaced or removed is waste; when there is too much, the
 * chunk with the most of it is emptied: what is alive in it goes behind the newest entry.
 *
 * <p>A slot of the table is the hash (high 32 bits) and the place of the entry (chunk, and offset
 * in units of 8 bytes); {@link #EMPTY} or {@link #REMOVED} in its low bits. 11 to 21 bytes an
 * entry.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>All changes are made under the monitor.
 *   <li>What a slot refers to is written before the slot. A slot is set at once: a reader sees the
 *       old entry or the new one.
 *   <li>A number of a chunk may be used again, its array is not: it is left to those who still read
 *       it. {@code reused} counts up before. A reader that finds it changed behind its read begins
 *       anew, so it never takes one entry for another.
 *   <li>A table that was replaced is not changed any more. Who still reads it sees a moment that
 *       lies within its read.
 * </ol>
 */
final class HeapEntries {
  private static final int UNIT_BITS = 3;
  private static final int CHUNK_BITS = 15; // of the units in a chunk
  static final int CHUNK_BYTES = 1 << CHUNK_BITS + UNIT_BITS;
  private static final int FIRST_CHUNK_BYTES = 1 << 9;
  private static final int MOST_CHUNKS = 1 << 32 - CHUNK_BITS;
  private static final int HEADER_BYTES = 8;

  /** Less waste than this is never cleared up, and none that is less than a third of the rest. */
  private static final int WASTE = 64 << 10;

  private static final int FIRST_SLOTS = 8;
  private static final int EMPTY = 0;
  private static final int REMOVED = 1; // chunk 0 is never used, so no place is below 1 << 15

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle CHUNK = MethodHandles.arrayElementVarHandle(byte[][].class);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE_ENDIAN);

  private final long seed;
  private volatile long[] table = new long[FIRST_SLOTS];
  private volatile @Nullable byte[][] chunks = new byte[4][];
  private volatile int reused;
  private volatile int count;

  /** Slots that are not empty. */
  @GuardedBy("this")
  private int taken;

  /** Of each chunk: how far it is written. */
  @GuardedBy("this")
  private int[] filled = new int[4];

  /** Of each chunk: how much of that is alive. */
  @GuardedBy("this")
  private int[] alive = new int[4];

  /** The chunk that is written. */
  @GuardedBy("this")
  private int current;

  /** Bytes in all chunks. */
  @GuardedBy("this")
  private long written;

  @GuardedBy("this")
  private long living;

  /**
   * Nothing yet.
   *
   * @param seed for {@link #hash}
   */
  HeapEntries(long seed) {
    this.seed = seed;
  }

  /**
   * A hash of a part of {@code bytes}; the low bits are for this table. {@code seed} is not known
   * to those who choose keys.
   */
  static long hash(long seed, byte[] bytes, int from, int length) {
    long hash = seed ^ length;
    int at = from;
    int end = from + length;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      hash = mixed(hash ^ (long) LONG.get(bytes, at));
    }
    for (; at < end; at++) {
      hash = mixed(hash ^ bytes[at]);
    }
    return mixed(hash);
  }

  private static long mixed(long value) {
    long product = value * 0x9e3779b97f4a7c15L;
    return product ^ (product >>> 32);
  }

  // ---- reading --------------------------------------------------------------------------------

  int count() {
    return count;
  }

  /** What all chunks take. */
  synchronized long writtenBytes() {
    return written;
  }

  /** The value of {@code key}, whose {@link #hash} is given; a copy. */
  byte @Nullable [] get(byte[] key, int hash) {
    while (true) {
      int before = reused;
      long[] slots = table;
      long slot = find(slots, key, hash);
      if (slot == EMPTY) {
        if (before == reused) {
          return null;
        }
        continue;
      }
      byte[] chunk = chunkOf(slot);
      if (chunk != null) {
        int at = offset(slot) + HEADER_BYTES + key.length;
        int length = valueLength(chunk, offset(slot));
        // Of another chunk with that number the lengths may be anything.
        if (length >= 0 && length <= chunk.length - at) {
          byte[] value = Arrays.copyOfRange(chunk, at, at + length);
          if (before == reused) {
            return value;
          }
        }
      }
    }
  }

  boolean contains(byte[] key, int hash) {
    while (true) {
      int before = reused;
      boolean found = find(table, key, hash) != EMPTY;
      if (before == reused) {
        return found;
      }
    }
  }

  /** The slot of {@code key}, or {@link #EMPTY}. To be trusted if nothing was reused meanwhile. */
  private long find(long[] slots, byte[] key, int hash) {
    int mask = slots.length - 1;
    for (int i = hash & mask; ; i = i + 1 & mask) {
      long slot = (long) SLOT.getAcquire(slots, i);
      if ((int) slot == EMPTY) {
        return EMPTY;
      }
      if ((int) (slot >>> 32) == hash && (int) slot != REMOVED && isAt(slot, key, 0, key.length)) {
        return slot;
      }
    }
  }

  private boolean isAt(long slot, byte[] bytes, int from, int length) {
    byte[] chunk = chunkOf(slot);
    int at = offset(slot);
    if (chunk == null || chunk.length - at < HEADER_BYTES + length) {
      return false;
    }
    int key = at + HEADER_BYTES;
    return (int) INT.get(chunk, at) == length
        && Arrays.equals(chunk, key, key + length, bytes, from, from + length);
  }

  /** Null when it was given up since the slot was read. */
  private byte @Nullable [] chunkOf(long slot) {
    return (byte[]) CHUNK.getAcquire(chunks, (int) slot >>> CHUNK_BITS);
  }

  private static int offset(long slot) {
    return ((int) slot & (1 << CHUNK_BITS) - 1) << UNIT_BITS;
  }

  private static int valueLength(byte[] chunk, int at) {
    return (int) INT.get(chunk, at + Integer.BYTES);
  }

  /** Some entry, or null when there is none. */
  @Nullable Entry any() {
    while (count > 0) {
      long[] slots = table;
      for (int i = 0; i < slots.length; i++) {
        byte[] key = keyIn(slots, i);
        byte[] value = key == null ? null : get(key, (int) hash(seed, key, 0, key.length));
        if (key != null && value != null) {
          return new Entry(key, value);
        }
      }
    }
    return null;
  }

  /** Hands out a copy of each key; one that comes or goes meanwhile may be left out or not. */
  void forEachKey(Consumer<byte[]> consumer) {
    List<byte[]> keys = new ArrayList<>();
    boolean all = false;
    for (int attempt = 0; attempt < 3 && !all; attempt++) {
      all = gather(keys);
    }
    if (!all) { // it changes fast
      synchronized (this) {
        gather(keys);
      }
    }
    keys.forEach(consumer);
  }

  /** False when the table was replaced and its slots are out of date. */
  private boolean gather(List<byte[]> keys) {
    keys.clear();
    int first = reused;
    long[] slots = table;
    for (int i = 0; i < slots.length; i++) {
      while (true) {
        int before = reused;
        if (before != first && slots != table) {
          return false;
        }
        byte[] key = keyIn(slots, i);
        if (before == reused) {
          if (key != null) {
            keys.add(key);
          }
          break;
        }
      }
    }
    return true;
  }

  private byte @Nullable [] keyIn(long[] slots, int i) {
    long slot = (long) SLOT.getAcquire(slots, i);
    if ((int) slot == EMPTY || (int) slot == REMOVED) {
      return null;
    }
    byte[] chunk = chunkOf(slot);
    int at = offset(slot);
    if (chunk == null || chunk.length - at < HEADER_BYTES) {
      return null;
    }
    int length = (int) INT.get(chunk, at);
    return length < 0 || length > chunk.length - at - HEADER_BYTES
        ? null
        : Arrays.copyOfRange(chunk, at + HEADER_BYTES, at + HEADER_BYTES + length);
  }

  // ---- changing -------------------------------------------------------------------------------

  /** Sets an entry; whether there was none of that key. */
  boolean put(byte[] key, int hash, byte[] value) {
    return set(key, 0, key.length, hash, value, 0, value.length, true);
  }

  /**
   * Sets an entry, whose key and value are parts of arrays; whether there was none of that key.
   *
   * @param replace whether to set it if there is one
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // under the monitor
  synchronized boolean set(
      byte[] keys,
      int keyAt,
      int keyLength,
      int hash,
      byte[] values,
      int valueAt,
      int valueLength,
      boolean replace) {
    long[] slots = table;
    int i = indexOf(slots, keys, keyAt, keyLength, hash);
    if (i >= 0 && !replace) {
      return false;
    }
    int size = size(keyLength, valueLength);
    int number = room(size);
    byte[] chunk = chunk(number);
    int at = filled[number];
    INT.set(chunk, at, keyLength);
    INT.set(chunk, at + Integer.BYTES, valueLength);
    System.arraycopy(keys, keyAt, chunk, at + HEADER_BYTES, keyLength);
    System.arraycopy(values, valueAt, chunk, at + HEADER_BYTES + keyLength, valueLength);
    long slot = slot(hash, added(number, size));
    if (i >= 0) {
      long old = (long) SLOT.get(slots, i);
      SLOT.setRelease(slots, i, slot);
      waste(old);
      return false;
    }
    if (4L * (taken + 1) > 3L * slots.length) {
      slots = rehashed();
    }
    SLOT.setRelease(slots, free(slots, hash), slot);
    taken++;
    count++;
    return true;
  }

  private static long slot(int hash, int place) {
    return (long) hash << 32 | place & 0xffffffffL;
  }

  /** Removes the entry of that key, if there is one. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // under the monitor
  synchronized void remove(byte[] key, int hash) {
    long[] slots = table;
    int i = indexOf(slots, key, 0, key.length, hash);
    if (i >= 0) {
      long old = (long) SLOT.get(slots, i);
      SLOT.setRelease(slots, i, slot(hash, REMOVED));
      count--;
      waste(old);
    }
  }

  private int indexOf(long[] slots, byte[] bytes, int from, int length, int hash) {
    int mask = slots.length - 1;
    for (int i = hash & mask; ; i = i + 1 & mask) {
      long slot = (long) SLOT.get(slots, i);
      if ((int) slot == EMPTY) {
        return -1;
      }
      if ((int) (slot >>> 32) == hash && (int) slot != REMOVED && isAt(slot, bytes, from, length)) {
        return i;
      }
    }
  }

  private static int free(long[] slots, int hash) {
    int mask = slots.length - 1;
    int i = hash & mask;
    while ((int) slots[i] != EMPTY) {
      i = i + 1 & mask;
    }
    return i;
  }

  /** Replaces the table by one that has room, without what was removed. */
  @GuardedBy("this")
  private long[] rehashed() {
    int length = FIRST_SLOTS;
    while (length < 2L * (count + 1)) {
      length *= 2;
    }
    long[] fresh = new long[length];
    for (long slot : table) {
      if ((int) slot != EMPTY && (int) slot != REMOVED) {
        fresh[free(fresh, (int) (slot >>> 32))] = slot;
      }
    }
    taken = count;
    table = fresh;
    return fresh;
  }

  // ---- chunks ---------------------------------------------------------------------------------

  private static int size(int keyLength, int valueLength) {
    int units = HEADER_BYTES + keyLength + valueLength + (1 << UNIT_BITS) - 1 >>> UNIT_BITS;
    return units << UNIT_BITS;
  }

  /** What was written behind the others; where it is. */
  @GuardedBy("this")
  private int added(int number, int size) {
    int at = filled[number];
    filled[number] = at + size;
    alive[number] += size;
    living += size;
    return number << CHUNK_BITS | at >>> UNIT_BITS;
  }

  @GuardedBy("this")
  private byte[] chunk(int number) {
    byte[] chunk = chunks[number];
    if (chunk == null) {
      throw new IllegalStateException("chunk " + number + " is gone");
    }
    return chunk;
  }

  /** A chunk with room for so much. */
  @GuardedBy("this")
  private int room(int size) {
    if (current != 0 && chunk(current).length - filled[current] >= size) {
      return current;
    }
    if (size > CHUNK_BYTES / 4) {
      return make(size);
    }
    long length = Math.max(FIRST_CHUNK_BYTES, Math.min(CHUNK_BYTES, written & -1L << UNIT_BITS));
    int before = current;
    current = make((int) Math.max(size, length));
    if (before != 0 && alive[before] == 0) {
      giveUp(before);
    }
    return current;
  }

  @GuardedBy("this")
  private int make(int length) {
    int number = 1;
    while (number < filled.length && chunks[number] != null) {
      number++;
    }
    if (number == filled.length) {
      if (number == MOST_CHUNKS) {
        throw new IllegalStateException("a table cannot hold more than " + written + " bytes");
      }
      int more = Math.min(2 * number, MOST_CHUNKS);
      filled = Arrays.copyOf(filled, more);
      alive = Arrays.copyOf(alive, more);
      chunks = Arrays.copyOf(chunks, more);
    }
    filled[number] = 0;
    alive[number] = 0;
    CHUNK.setRelease(chunks, number, new byte[length]);
    written += length;
    return number;
  }

  /** An entry is not alive any more. */
  @GuardedBy("this")
  private void waste(long slot) {
    int number = (int) slot >>> CHUNK_BITS;
    byte[] chunk = chunk(number);
    int at = offset(slot);
    int size = size((int) INT.get(chunk, at), valueLength(chunk, at));
    alive[number] -= size;
    living -= size;
    if (alive[number] == 0 && number != current) {
      giveUp(number);
    }
    while (isWasteful() && clearUp()) {}
  }

  @GuardedBy("this")
  private boolean isWasteful() {
    long unused = current == 0 ? 0 : chunk(current).length - filled[current];
    return written - living - unused > Math.max(WASTE, living / 3);
  }

  @GuardedBy("this")
  @SuppressWarnings("NonAtomicVolatileUpdate") // under the monitor
  private void giveUp(int number) {
    written -= chunk(number).length;
    reused++; // before somebody else can be found there
    CHUNK.setRelease(chunks, number, null);
  }

  /** Empties the chunk with the most waste; false when none has any but the current one. */
  @GuardedBy("this")
  private boolean clearUp() {
    int worst = 0;
    int most = 0;
    for (int number = 1; number < filled.length; number++) {
      byte[] chunk = chunks[number];
      int waste = chunk == null || number == current ? 0 : chunk.length - alive[number];
      if (waste > most) {
        worst = number;
        most = waste;
      }
    }
    if (worst == 0 || most < chunk(worst).length / 8) {
      return false;
    }
    byte[] chunk = chunk(worst);
    long[] slots = table;
    for (int at = 0; at < filled[worst]; ) {
      int keyLength = (int) INT.get(chunk, at);
      int size = size(keyLength, valueLength(chunk, at));
      int hash = (int) hash(seed, chunk, at + HEADER_BYTES, keyLength);
      int i = indexOf(slots, slot(hash, worst << CHUNK_BITS | at >>> UNIT_BITS));
      if (i >= 0) {
        int number = room(size);
        System.arraycopy(chunk, at, chunk(number), filled[number], size);
        SLOT.setRelease(slots, i, slot(hash, added(number, size)));
        alive[worst] -= size;
        living -= size;
      }
      at += size;
    }
    giveUp(worst);
    return true;
  }

  private static int indexOf(long[] slots, long wanted) {
    int mask = slots.length - 1;
    for (int i = (int) (wanted >>> 32) & mask; ; i = i + 1 & mask) {
      if (slots[i] == wanted) {
        return i;
      }
      if ((int) slots[i] == EMPTY) {
        return -1;
      }
    }
  }
}
