package io.pagurus.internal.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.spi.Change;
import io.pagurus.spi.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A live table on the heap: for each space some {@link HeapEntries}, so that those who load it
 * seldom meet.
 *
 * <p>An entry costs 19 to 36 bytes beside those of its key and its value, and up to a third of all
 * that while what was replaced is not cleared up. A space that is scanned costs each key again, and
 * sorting once; later scans pay for what was added since.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>A commit is applied under the write lock, reads of several keys hold the read lock, so each
 *       of those sees a commit wholly or not at all. {@link #get} and loading take no lock.
 *   <li>Nothing is sorted, and no function of a caller runs, under the write lock.
 *   <li>A cleared space is replaced by a new one, with its sorted keys: a sort in progress then
 *       serves an old space that nobody reads any more.
 *   <li>A key without a value that gets one is noted in {@code keys} and {@code growing} of its
 *       space, after the value is there.
 * </ol>
 */
final class HeapTable implements LiveTable {
  private static final int PARTS = 8;

  /** Differs from table to table, so that nobody can choose keys whose hashes are the same. */
  private final long seed = 0x9e3779b97f4a7c15L * System.identityHashCode(this);

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final ConcurrentHashMap<Integer, Space> spaces = new ConcurrentHashMap<>();

  /** The entries of one space. */
  private final class Space {
    final HeapEntries[] parts = new HeapEntries[PARTS];

    /** Held by the thread that sorts; before {@code lock}. */
    final Object sorting = new Object();

    /** Null until the first scan. */
    @GuardedBy("lock")
    @Nullable SortedKeys keys;

    /** What is being sorted and takes note of new keys already. */
    @GuardedBy("lock")
    @Nullable SortedKeys growing;

    Space() {
      for (int i = 0; i < PARTS; i++) {
        parts[i] = new HeapEntries(seed);
      }
    }

    private HeapEntries part(long hash) {
      return parts[(int) (hash >>> 32) & PARTS - 1];
    }

    byte @Nullable [] value(byte[] key) {
      long hash = hash(key);
      return part(hash).get(key, (int) hash);
    }

    boolean contains(byte[] key) {
      long hash = hash(key);
      return part(hash).contains(key, (int) hash);
    }

    boolean put(byte[] key, byte[] value) {
      long hash = hash(key);
      return part(hash).put(key, (int) hash, value);
    }

    void remove(byte[] key) {
      long hash = hash(key);
      part(hash).remove(key, (int) hash);
    }

    long count() {
      long count = 0;
      for (HeapEntries part : parts) {
        count += part.count();
      }
      return count;
    }

    /** Called under the write lock. */
    @SuppressWarnings("GuardedBy") // it cannot follow a lock of the outer object to here
    void apply(byte[] key, byte @Nullable [] value) {
      if (value == null) {
        remove(key);
        return;
      }
      if (!put(key, value)) {
        return;
      }
      if (growing != null) {
        growing.add(key);
      }
      if (keys != null) {
        keys.add(key);
        if (keys.isAbandoned()) {
          keys = null;
        }
      }
    }

    /** What is found, or null when it is to be tried again. */
    @Nullable List<Entry> scan(byte[] prefix, byte @Nullable [] after, int limit) {
      SortedKeys seen;
      lock.readLock().lock();
      try {
        seen = keys;
        if (seen != null && !seen.isStale()) {
          List<Entry> found = seen.read(prefix, after, limit, this::value);
          if (found != null) {
            return found;
          }
        }
      } finally {
        lock.readLock().unlock();
      }
      sort(seen);
      return null;
    }

    /** Replaces the sorted keys {@code seen} by new ones, unless somebody did. */
    void sort(@Nullable SortedKeys seen) {
      synchronized (sorting) {
        SortedKeys fresh = new SortedKeys(new byte[0]);
        lock.writeLock().lock();
        try {
          if (keys != seen) {
            return;
          }
          growing = fresh;
        } finally {
          lock.writeLock().unlock();
        }
        boolean sorted = false;
        try {
          fresh.finish(seen == null ? allSorted() : seen.merged(this::contains), null);
          sorted = true;
        } finally {
          lock.writeLock().lock();
          try {
            growing = null;
            if (sorted) {
              keys = fresh;
            }
          } finally {
            lock.writeLock().unlock();
          }
        }
      }
    }

    private byte[][] allSorted() {
      List<byte[]> all = new ArrayList<>((int) Math.min(count(), Integer.MAX_VALUE));
      for (HeapEntries part : parts) {
        part.forEachKey(all::add);
      }
      byte[][] sorted = all.toArray(new byte[0][]);
      Arrays.sort(sorted, Arrays::compareUnsigned);
      return sorted;
    }
  }

  private long hash(byte[] key) {
    return HeapEntries.hash(seed, key, 0, key.length);
  }

  private Space space(int number) {
    Space there = spaces.get(number);
    return there != null ? there : spaces.computeIfAbsent(number, n -> new Space());
  }

  // ---- loading ----------------------------------------------------------------------------------

  @Override
  public void load(int space, byte[] key, byte[] value) {
    space(space).put(key, value);
  }

  @Override
  public void load(Blocks.Cursor entry) {
    load(entry, true);
  }

  @Override
  public void loadIfAbsent(Blocks.Cursor entry) {
    load(entry, false);
  }

  private void load(Blocks.Cursor entry, boolean replace) {
    Space content = space(entry.space());
    long hash = HeapEntries.hash(seed, entry.keyIn(), entry.keyAt(), entry.keyLength());
    content
        .part(hash)
        .set(
            entry.keyIn(),
            entry.keyAt(),
            entry.keyLength(),
            (int) hash,
            entry.valueIn(),
            entry.valueAt(),
            entry.valueLength(),
            replace);
  }

  @Override
  public void unload(int space, byte[] key) {
    space(space).remove(key);
  }

  @Override
  public void unload(int space) {
    spaces.remove(space);
  }

  // ---- serving ----------------------------------------------------------------------------------

  @Override
  public void apply(List<Integer> clears, List<Change> changes) {
    lock.writeLock().lock();
    try {
      clears.forEach(spaces::remove);
      for (Change change : changes) {
        space(change.space()).apply(change.key(), change.value());
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public byte @Nullable [] get(int space, byte[] key) {
    Space content = spaces.get(space);
    return content == null ? null : content.value(key);
  }

  @Override
  public boolean contains(int space, byte[] key) {
    Space content = spaces.get(space);
    return content != null && content.contains(key);
  }

  @Override
  public List<Entry> getAll(int space, Collection<byte[]> keys) {
    Collection<byte[]> distinct = distinct(keys);
    List<Entry> found = new ArrayList<>(distinct.size());
    lock.readLock().lock();
    try {
      for (byte[] key : distinct) {
        byte[] value = get(space, key);
        if (value != null) {
          found.add(new Entry(key, value));
        }
      }
    } finally {
      lock.readLock().unlock();
    }
    return found;
  }

  private static Collection<byte[]> distinct(Collection<byte[]> keys) {
    Collection<byte[]> set = new TreeSet<>(Arrays::compareUnsigned);
    set.addAll(keys);
    return set;
  }

  @Override
  public List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    while (true) {
      Space content = spaces.get(space);
      if (content == null) {
        return List.of();
      }
      List<Entry> found = content.scan(prefix, after, limit);
      if (found != null) {
        return found;
      }
    }
  }

  @Override
  public @Nullable Entry any(int space) {
    Space content = spaces.get(space);
    if (content != null) {
      for (HeapEntries part : content.parts) {
        Entry one = part.any();
        if (one != null) {
          return one;
        }
      }
    }
    return null;
  }

  @Override
  public long count(int space, Collection<byte[]> except) {
    Collection<byte[]> distinct = distinct(except);
    lock.readLock().lock();
    try {
      Space content = spaces.get(space);
      return content == null
          ? 0
          : content.count() - distinct.stream().filter(content::contains).count();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public long entries() {
    lock.readLock().lock();
    try {
      return spaces.values().stream().mapToLong(Space::count).sum();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close(@Nullable Mark cleanAt) {
    // Nothing to let go of: whoever still reads goes on with what it holds.
  }
}
