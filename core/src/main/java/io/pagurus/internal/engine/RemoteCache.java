package io.pagurus.internal.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * In front of a backend whose reads are I/O: a miss is dear, so what is kept is chosen well, and
 * what is committed is kept at once. Thread-safe.
 */
final class RemoteCache implements NearCache {
  private final Cache<Object, Known> cache;
  private volatile long maxBytes;

  RemoteCache(long maxBytes) {
    this.maxBytes = maxBytes;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Object key, Known known) -> known.weight())
            // No thread of somebody else's pool: maintenance is short and runs where it arises.
            .executor(Runnable::run)
            .build();
  }

  @Override
  public @Nullable Known get(Object key) {
    return cache.getIfPresent(key);
  }

  @Override
  public void committed(Object key, Slot slot) {
    cache.put(key, Known.of(slot));
  }

  @Override
  public void loaded(Object key, Known known, BooleanSupplier stillValid) {
    cache
        .asMap()
        .compute(key, (k, now) -> now != null ? now : stillValid.getAsBoolean() ? known : null);
  }

  @Override
  public NearCache fresh() {
    return new RemoteCache(maxBytes);
  }

  @Override
  public void resize(long maxBytes) {
    this.maxBytes = maxBytes;
    cache.policy().eviction().ifPresent(eviction -> eviction.setMaximum(maxBytes));
  }
}
