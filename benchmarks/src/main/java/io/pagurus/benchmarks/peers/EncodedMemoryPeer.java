package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A ConcurrentHashMap of encoded values: the least a store that copies values can do. */
final class EncodedMemoryPeer<V> implements Peer<V> {
  private final ConcurrentHashMap<String, byte[]> map = new ConcurrentHashMap<>();
  private final Codec<V> format;

  EncodedMemoryPeer(Site<V> site) {
    format = site.shape().format();
  }

  @Override
  public @Nullable V get(String key) {
    byte[] bytes = map.get(key);
    return bytes == null ? null : format.decode(bytes);
  }

  @Override
  public void put(String key, V value) {
    map.put(key, format.encode(value));
  }

  @Override
  public long size() {
    return map.size();
  }

  @Override
  public void close() {}
}
