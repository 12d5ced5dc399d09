package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.ehcache.Cache;
import org.ehcache.PersistentCacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ExpiryPolicyBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.units.EntryUnit;
import org.ehcache.config.units.MemoryUnit;
import org.ehcache.spi.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Ehcache with a persistent disk tier, which it writes in the background and at close. */
final class EhcachePeer<V> implements Peer<V> {
  static final String SETTINGS =
      "10,000 entries on the heap above a persistent disk tier; durable by close() only;"
          + " time-to-idle in B";
  private static final int ON_HEAP = 10_000;

  private final PersistentCacheManager manager;
  private final Cache<String, V> cache;

  EhcachePeer(Site<V> site) {
    long bytes = site.entries() * (site.valueBytes() + 300L) * 2;
    CacheConfigurationBuilder<String, V> configuration =
        CacheConfigurationBuilder.newCacheConfigurationBuilder(
                String.class,
                site.shape().type(),
                ResourcePoolsBuilder.newResourcePoolsBuilder()
                    .heap(ON_HEAP, EntryUnit.ENTRIES)
                    .disk(Math.max(64, bytes >> 20), MemoryUnit.MB, true))
            .withValueSerializer(new ValueSerializer<>(site.shape().format()));
    Duration timeToLive = site.shape().timeToLive();
    if (timeToLive != null) {
      configuration =
          configuration.withExpiry(ExpiryPolicyBuilder.timeToIdleExpiration(timeToLive));
    }
    manager =
        CacheManagerBuilder.newCacheManagerBuilder()
            .with(CacheManagerBuilder.persistence(site.directory().toFile()))
            .withCache("entries", configuration)
            .build(true);
    cache = manager.getCache("entries", String.class, site.shape().type());
  }

  @Override
  public @Nullable V get(String key) {
    return cache.get(key);
  }

  @Override
  public void put(String key, V value) {
    cache.put(key, value);
  }

  @Override
  public long size() {
    long entries = 0;
    for (Cache.Entry<String, V> entry : cache) {
      entries += entry.getKey().isEmpty() ? 0 : 1;
    }
    return entries;
  }

  @Override
  public void close() {
    manager.close();
  }

  private record ValueSerializer<V>(Codec<V> format) implements Serializer<V> {
    @Override
    public ByteBuffer serialize(V value) {
      return ByteBuffer.wrap(format.encode(value));
    }

    @Override
    public V read(ByteBuffer in) {
      byte[] bytes = new byte[in.remaining()];
      in.get(bytes);
      return format.decode(bytes);
    }

    @Override
    public boolean equals(V value, ByteBuffer in) {
      return value.equals(read(in));
    }
  }
}
