package io.pagurus.internal.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Committed entries of one table, bounded by weight. Thread-safe.
 *
 * <p>It holds what storage holds, never what is pending: a stale entry below a pending change is
 * hidden by it, and replaced when that change is committed.
 */
final class NearCache {
  /**
   * What is known of a key.
   *
   * @param content the value itself (immutable types), its bytes, or null: there is no such entry
   * @param weight bytes it counts for
   */
  record Known(@Nullable Object content, int weight) {}

  private final Cache<Object, Known> cache;
  private volatile long maxBytes;

  NearCache(long maxBytes) {
    this.maxBytes = maxBytes;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Object key, Known known) -> known.weight())
            // No thread of somebody else's pool: maintenance is short and runs where it arises.
            .executor(Runnable::run)
            .build();
  }

  @Nullable Known get(Object key) {
    return cache.getIfPresent(key);
  }

  /** Takes what a commit has made durable. */
  void committed(Object key, Slot slot) {
    cache.put(key, known(slot.bytes(), slot.shared(), slot.weight()));
  }

  /**
   * Takes what was loaded, unless something is known already or {@code stillValid} says no. The
   * check and the insertion are one step for this key.
   */
  void loaded(Object key, Known known, BooleanSupplier stillValid) {
    cache
        .asMap()
        .compute(key, (k, now) -> now != null ? now : stillValid.getAsBoolean() ? known : null);
  }

  static Known known(byte @Nullable [] bytes, @Nullable Object shared, int weight) {
    return new Known(shared != null ? shared : bytes, weight);
  }

  /**
   * An empty one in its place. Emptying this one would not do: it does not wait for a {@link
   * #loaded} that has checked already and has not yet inserted.
   */
  NearCache fresh() {
    return new NearCache(maxBytes);
  }

  void resize(long maxBytes) {
    this.maxBytes = maxBytes;
    cache.policy().eviction().ifPresent(eviction -> eviction.setMaximum(maxBytes));
  }
}
