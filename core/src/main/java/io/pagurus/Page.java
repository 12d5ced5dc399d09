package io.pagurus;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One page of a {@link Scan}.
 *
 * @param entries the entries, in the order of the encoded keys; immutable
 * @param nextCursor where the next page begins, or null when this was the last one
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public record Page<K, V>(List<Map.Entry<K, V>> entries, @Nullable String nextCursor) {
  public Page {
    entries = List.copyOf(entries);
  }
}
