package io.pagurus.benchmarks.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.serializer.persistence.types.Storer;
import org.eclipse.serializer.reference.Lazy;
import org.eclipse.store.storage.embedded.types.EmbeddedStorage;
import org.eclipse.store.storage.embedded.types.EmbeddedStorageManager;
import org.jspecify.annotations.Nullable;

/**
 * EclipseStore with 1,024 maps behind lazy references, so that it loads what is read, and an object
 * per entry, so that a change stores the entry and not its map.
 *
 * <p>A put is in memory until the next store of what has changed; a durable put stores and forces,
 * shared by concurrent writers.
 */
final class EclipsePeer<V> implements Peer<V> {
  static final String SETTINGS =
      "1,024 lazy maps, one channel; a put waits in memory for the next store; an eager storeAll() and a"
          + " force of its files for durable (this version never forces), shared by concurrent"
          + " writers";
  private static final int SHARD_BITS = 10;
  private static final int SHARDS = 1 << SHARD_BITS;

  /** The root of the object graph. */
  static final class Root<V> {
    final ArrayList<Lazy<ConcurrentHashMap<String, Entry<V>>>> shards = new ArrayList<>();
  }

  /** What is stored when a value changes. */
  static final class Entry<V> {
    volatile V value;
    transient volatile boolean dirty;

    Entry(V value) {
      this.value = value;
    }
  }

  private final Root<V> root = new Root<>();
  private final EmbeddedStorageManager storage;
  private final EclipseFiles files;
  private final Queue<Object> dirty = new ConcurrentLinkedQueue<>();
  private final GroupForce group = new GroupForce(this::storeDirty);

  /** Whether the maps were filled since they were stored. */
  private volatile boolean loaded;

  EclipsePeer(Site<V> site) {
    storage = EmbeddedStorage.start(root, site.directory());
    files = new EclipseFiles(site.directory());
    if (root.shards.isEmpty()) {
      for (int i = 0; i < SHARDS; i++) {
        root.shards.add(Lazy.Reference(new ConcurrentHashMap<>()));
      }
      storage.store(root.shards);
    }
  }

  @Override
  public void load(String[] keys, V[] values) {
    for (int i = 0; i < keys.length; i++) {
      shard(keys[i]).put(keys[i], new Entry<>(values[i]));
    }
    loaded = true;
  }

  @Override
  public @Nullable V get(String key) {
    Entry<V> entry = shard(key).get(key);
    return entry == null ? null : entry.value;
  }

  @Override
  public void put(String key, V value) {
    ConcurrentHashMap<String, Entry<V>> shard = shard(key);
    Entry<V> entry = shard.get(key);
    if (entry == null) {
      shard.put(key, new Entry<>(value));
      dirty.add(shard);
      return;
    }
    entry.value = value;
    if (!entry.dirty) {
      entry.dirty = true;
      dirty.add(entry);
    }
  }

  @Override
  public void putDurable(String key, V value) throws Exception {
    put(key, value);
    group.await();
  }

  @Override
  public void checkpoint() throws Exception {
    group.await();
  }

  @Override
  public long size() {
    long entries = 0;
    for (Lazy<ConcurrentHashMap<String, Entry<V>>> shard : root.shards) {
      entries += shard.get().size();
    }
    return entries;
  }

  @Override
  public void close() throws Exception {
    checkpoint();
    storage.shutdown();
    files.close();
  }

  private void storeDirty() throws IOException {
    List<Object> changed = new ArrayList<>();
    List<Object> grown = new ArrayList<>();
    for (Object next = dirty.poll(); next != null; next = dirty.poll()) {
      if (next instanceof Entry<?> entry) {
        entry.dirty = false; // before its value is read: a later change comes again
        changed.add(entry);
      } else {
        grown.add(next);
      }
    }
    if (!grown.isEmpty()) {
      storage.storeAll(grown);
    }
    if (!changed.isEmpty()) {
      Storer whole = storage.createEagerStorer(); // else what a value holds stays as it was stored
      whole.storeAll(changed);
      whole.commit();
    }
    if (loaded) {
      for (Lazy<ConcurrentHashMap<String, Entry<V>>> shard : root.shards) {
        storage.store(shard.get());
      }
    }
    files.force(loaded || changed.size() + grown.size() > 1000);
    loaded = false;
  }

  private ConcurrentHashMap<String, Entry<V>> shard(String key) {
    // Not by the low bits: the maps choose their buckets by those, and all keys would share a few.
    int mixed = key.hashCode() * 0x9E3779B9;
    return root.shards.get(mixed >>> (Integer.SIZE - SHARD_BITS)).get();
  }
}
