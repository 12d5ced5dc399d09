package io.pagurus.benchmarks.peers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Caffeine with a bound that is not reached. Nothing is durable. */
final class CaffeinePeer<V> implements Peer<V> {
  static final String SETTINGS = "a maximum size that is not reached; expireAfterAccess in B";

  private final Cache<String, V> cache;

  CaffeinePeer(Site<V> site) {
    Caffeine<Object, Object> builder = Caffeine.newBuilder().maximumSize(site.entries() * 2L);
    Duration timeToLive = site.shape().timeToLive();
    if (timeToLive != null) {
      builder.expireAfterAccess(timeToLive);
    }
    cache = builder.build();
  }

  @Override
  public @Nullable V get(String key) {
    return cache.getIfPresent(key);
  }

  @Override
  public void put(String key, V value) {
    cache.put(key, value);
  }

  @Override
  public long size() {
    cache.cleanUp();
    return cache.estimatedSize();
  }

  @Override
  public void close() {}
}
