package io.pagurus.benchmarks.peers;

import io.pagurus.Durability;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A map of a store with default settings. */
final class PagurusPeer implements Peer {
  private final StateStore store;
  private final StateMap<String, Customer> map;
  private final StateMap<String, Customer> durable;

  /**
   * @param byHand whether values are encoded as the peers encode them, and not by the built-in
   *     codec
   */
  PagurusPeer(String url, boolean byHand) {
    StateStoreBuilder builder =
        StateStore.builder()
            .url(url)
            .maxWriteWait(Duration.ofMinutes(2))
            .maxFlushWait(Duration.ofMinutes(5)); // a slow disk is a figure, not a failure
    if (byHand) {
      builder.codecs(type -> type == Customer.class ? CustomerFormat.INSTANCE : null);
    }
    store = builder.open();
    map = store.map("customers", String.class, Customer.class);
    durable = map.with(Durability.SYNC);
  }

  @Override
  public void load(String[] keys, Customer[] values) {
    for (int i = 0; i < keys.length; i++) {
      map.put(keys[i], values[i]);
    }
    store.flush();
  }

  @Override
  public @Nullable Customer get(String key) {
    return map.get(key);
  }

  @Override
  public void put(String key, Customer value) {
    map.put(key, value);
  }

  @Override
  public void putDurable(String key, Customer value) {
    durable.put(key, value);
  }

  @Override
  public void checkpoint() {
    store.checkpoint();
  }

  @Override
  public long size() {
    return map.size();
  }

  @Override
  public void close() {
    store.close();
  }
}
