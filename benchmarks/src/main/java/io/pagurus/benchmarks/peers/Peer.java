package io.pagurus.benchmarks.peers;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An open map from string keys to values. Thread-safe but for {@link #load}.
 *
 * <p>What a peer cannot do, its {@link Contestant} does not name among its abilities, and nobody
 * calls it.
 */
public interface Peer<V> extends AutoCloseable {
  /** Puts new entries in the way that suits it best; they may become durable later. */
  default void load(String[] keys, V[] values) throws Exception {
    for (int i = 0; i < keys.length; i++) {
      put(keys[i], values[i]);
    }
  }

  /** The value of {@code key}, or null. */
  @Nullable V get(String key) throws Exception;

  /** Sets a value; it may become durable later. */
  void put(String key, V value) throws Exception;

  /** Gets the value of {@code key}, which is there, changes it and puts it back. */
  default void update(String key, UnaryOperator<V> change) throws Exception {
    V value = get(key);
    if (value == null) {
      throw new IllegalStateException("Lost: " + key);
    }
    put(key, change.apply(value));
  }

  /** Sets a value; when it returns, the value survives a power cut. */
  default void putDurable(String key, V value) throws Exception {
    throw new UnsupportedOperationException();
  }

  /** Returns when everything put before survives a power cut. */
  default void checkpoint() throws Exception {
    throw new UnsupportedOperationException();
  }

  /** Counts the entries; may read all of them. */
  long size() throws Exception;

  @Override
  void close() throws Exception;
}
