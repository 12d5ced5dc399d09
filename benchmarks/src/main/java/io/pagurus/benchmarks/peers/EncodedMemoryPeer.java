package io.pagurus.benchmarks.peers;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A ConcurrentHashMap of encoded customers: the least a store that copies values can do. */
final class EncodedMemoryPeer implements Peer {
  private final ConcurrentHashMap<String, byte[]> map = new ConcurrentHashMap<>();

  @Override
  public @Nullable Customer get(String key) {
    byte[] bytes = map.get(key);
    return bytes == null ? null : CustomerFormat.INSTANCE.decode(bytes);
  }

  @Override
  public void put(String key, Customer value) {
    map.put(key, CustomerFormat.INSTANCE.encode(value));
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
