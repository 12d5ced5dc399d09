package io.pagurus.benchmarks.peers;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The limit in memory: a ConcurrentHashMap of the objects. Nothing is durable. */
final class MemoryPeer implements Peer {
  private final ConcurrentHashMap<String, Customer> map = new ConcurrentHashMap<>();

  @Override
  public @Nullable Customer get(String key) {
    return map.get(key);
  }

  @Override
  public void put(String key, Customer value) {
    map.put(key, value);
  }

  @Override
  public void putDurable(String key, Customer value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void checkpoint() {}

  @Override
  public long size() {
    return map.size();
  }

  @Override
  public void close() {}
}
