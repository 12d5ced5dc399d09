package io.pagurus.internal.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.spi.Change;
import io.pagurus.spi.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A live table on the heap: a hash table for each space.
 *
 * <p>An entry costs 54 bytes beside its two arrays (compressed references): a node of 32, a {@link
 * Key} of 16, and 4 to 8 for its place in the table. A space that is scanned costs a reference more
 * for each key, and sorting once; later scans pay for what was added since.
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
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final ConcurrentHashMap<Integer, Space> spaces = new ConcurrentHashMap<>();

  /** The entries of one space. */
  private final class Space {
    final ConcurrentHashMap<Key, byte[]> entries = new ConcurrentHashMap<>();

    /** Held by the thread that sorts; before {@code lock}. */
    final Object sorting = new Object();

    /** Null until the first scan. */
    @GuardedBy("lock")
    @Nullable SortedKeys keys;

    /** What is being sorted and takes note of new keys already. */
    @GuardedBy("lock")
    @Nullable SortedKeys growing;

    byte @Nullable [] value(byte[] key) {
      return entries.get(new Key(key));
    }

    /** Called under the write lock. */
    @SuppressWarnings("GuardedBy") // it cannot follow a lock of the outer object to here
    void apply(byte[] key, byte @Nullable [] value) {
      if (value == null) {
        entries.remove(new Key(key));
        return;
      }
      if (entries.put(new Key(key), value) != null) {
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
          fresh.finish(seen == null ? allSorted() : seen.merged(key -> value(key) != null), null);
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
      List<byte[]> all = new ArrayList<>(entries.size());
      entries.forEach((key, value) -> all.add(key.bytes));
      byte[][] sorted = all.toArray(new byte[0][]);
      Arrays.sort(sorted, Arrays::compareUnsigned);
      return sorted;
    }
  }

  /** A key that a hash table can compare; comparable for the case that many hashes are the same. */
  private static final class Key implements Comparable<Key> {
    final byte[] bytes;

    Key(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public int compareTo(Key other) {
      return Arrays.compareUnsigned(bytes, other.bytes);
    }
  }

  private Space space(int number) {
    return spaces.computeIfAbsent(number, n -> new Space());
  }

  // ---- loading ----------------------------------------------------------------------------------

  @Override
  public void load(int space, byte[] key, byte[] value) {
    space(space).entries.put(new Key(key), value);
  }

  @Override
  public void loadIfAbsent(int space, byte[] key, byte[] value) {
    space(space).entries.putIfAbsent(new Key(key), value);
  }

  @Override
  public void unload(int space, byte[] key) {
    space(space).entries.remove(new Key(key));
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
      for (Map.Entry<Key, byte[]> one : content.entries.entrySet()) {
        return new Entry(one.getKey().bytes, one.getValue());
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
          : content.entries.mappingCount()
              - distinct.stream().map(content::value).filter(Objects::nonNull).count();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public long entries() {
    lock.readLock().lock();
    try {
      return spaces.values().stream().mapToLong(space -> space.entries.mappingCount()).sum();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close(@Nullable Mark cleanAt) {
    // Nothing to let go of: whoever still reads goes on with what it holds.
  }
}
