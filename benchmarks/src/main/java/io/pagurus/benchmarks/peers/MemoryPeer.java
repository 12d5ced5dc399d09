package io.pagurus.benchmarks.peers;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The limit in memory: a ConcurrentHashMap of the objects. Nothing is durable. */
final class MemoryPeer<V> implements Peer<V> {
  private final ConcurrentHashMap<String, V> map = new ConcurrentHashMap<>();

  MemoryPeer(Site<V> site) {}

  @Override
  public @Nullable V get(String key) {
    return map.get(key);
  }

  @Override
  public void put(String key, V value) {
    map.put(key, value);
  }

  @Override
  public long size() {
    return map.size();
  }

  @Override
  public void close() {}
}
