package io.pagurus.benchmarks.peers;

import org.jspecify.annotations.Nullable;

/** An open map from string keys to customers. Thread-safe but for {@link #load}. */
public interface Peer extends AutoCloseable {
  /** Fills the empty map in the way that suits it best; returns when all is durable. */
  default void load(String[] keys, Customer[] values) throws Exception {
    for (int i = 0; i < keys.length; i++) {
      put(keys[i], values[i]);
    }
    checkpoint();
  }

  /** The value of {@code key}, or null. */
  @Nullable Customer get(String key) throws Exception;

  /** Sets a value; it may become durable later. */
  void put(String key, Customer value) throws Exception;

  /** Sets a value; when it returns, the value survives a power cut. */
  void putDurable(String key, Customer value) throws Exception;

  /** Returns when everything put before survives a power cut. */
  void checkpoint() throws Exception;

  /** Counts the entries; may read all of them. */
  long size() throws Exception;

  @Override
  void close() throws Exception;
}
