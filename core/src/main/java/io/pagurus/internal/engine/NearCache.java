package io.pagurus.internal.engine;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Committed entries of one table in front of the backend, bounded by weight. Thread-safe.
 *
 * <p>It holds what storage holds, never what is pending: a stale entry below a pending change is
 * hidden by it, and replaced when that change is committed.
 */
sealed interface NearCache permits LocalCache, RemoteCache {
  /**
   * What is known of a key.
   *
   * @param content the value itself (immutable types), its bytes, or null: there is no such entry
   * @param weight bytes it counts for
   */
  record Known(@Nullable Object content, int weight) {
    static Known of(byte @Nullable [] bytes, @Nullable Object shared, int weight) {
      return new Known(shared != null ? shared : bytes, weight);
    }

    static Known of(Slot slot) {
      return of(slot.bytes(), slot.shared(), slot.weight());
    }
  }

  /** Null when nothing is known. */
  @Nullable Known get(Object key);

  /** Takes what a commit has made durable. */
  void committed(Object key, Slot slot);

  /**
   * Takes what was loaded, unless something is known already or {@code stillValid} says no. The
   * check and the insertion are one step for this key.
   */
  void loaded(Object key, Known known, BooleanSupplier stillValid);

  /**
   * An empty one in its place. Emptying this one would not do: it does not wait for a {@link
   * #loaded} that has checked already and has not yet inserted.
   */
  NearCache fresh();

  /** Sets how much it may hold. */
  void resize(long maxBytes);
}
