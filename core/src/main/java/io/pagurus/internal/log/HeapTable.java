package io.pagurus.internal.log;

import io.pagurus.spi.Change;
import io.pagurus.spi.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A live table on the heap. */
final class HeapTable implements LiveTable {
  private final ConcurrentHashMap<Integer, NavigableMap<byte[], byte[]>> spaces =
      new ConcurrentHashMap<>();

  private NavigableMap<byte[], byte[]> space(int space) {
    return spaces.computeIfAbsent(space, s -> new TreeMap<>(Arrays::compareUnsigned));
  }

  @Override
  public synchronized void load(int space, byte[] key, byte[] value) {
    space(space).put(key, value);
  }

  @Override
  public synchronized void unload(int space, byte[] key) {
    space(space).remove(key);
  }

  @Override
  public synchronized void unload(int space) {
    space(space).clear();
  }

  @Override
  public synchronized void apply(List<Integer> clears, List<Change> changes) {
    clears.forEach(space -> space(space).clear());
    for (Change change : changes) {
      byte[] value = change.value();
      if (value == null) {
        space(change.space()).remove(change.key());
      } else {
        space(change.space()).put(change.key(), value);
      }
    }
  }

  @Override
  public synchronized byte @Nullable [] get(int space, byte[] key) {
    return space(space).get(key);
  }

  @Override
  public synchronized List<Entry> getAll(int space, Collection<byte[]> keys) {
    List<Entry> found = new ArrayList<>();
    for (byte[] key : distinct(keys)) {
      byte[] value = space(space).get(key);
      if (value != null) {
        found.add(new Entry(key, value));
      }
    }
    return found;
  }

  private static TreeSet<byte[]> distinct(Collection<byte[]> keys) {
    TreeSet<byte[]> set = new TreeSet<>(Arrays::compareUnsigned);
    set.addAll(keys);
    return set;
  }

  @Override
  public synchronized List<Entry> scan(
      int space, byte[] prefix, byte @Nullable [] after, int limit) {
    List<Entry> found = new ArrayList<>();
    space(space)
        .tailMap(prefix, true)
        .forEach(
            (key, value) -> {
              boolean fits =
                  key.length >= prefix.length
                      && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)
                      && (after == null || Arrays.compareUnsigned(key, after) > 0);
              if (fits && found.size() < limit) {
                found.add(new Entry(key, value));
              }
            });
    return found;
  }

  @Override
  public synchronized long count(int space, Collection<byte[]> except) {
    return space(space).size() - getAll(space, except).size();
  }

  @Override
  public synchronized long entries() {
    return spaces.values().stream().mapToLong(NavigableMap::size).sum();
  }

  @Override
  public void close(@Nullable Mark cleanAt) {
    // Nothing to let go of: whoever still reads goes on with what it holds.
  }
}
