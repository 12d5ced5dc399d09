package io.pagurus.benchmarks.peers;

import io.pagurus.Durability;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A map of a store with default settings. */
final class PagurusPeer<V> implements Peer<V> {
  private final StateStore store;
  private final StateMap<String, V> map;
  private final StateMap<String, V> durable;

  private PagurusPeer(String url, Shape<V> shape, boolean byHand) {
    StateStoreBuilder builder =
        StateStore.builder()
            .url(url)
            .maxWriteWait(Duration.ofMinutes(2))
            .maxFlushWait(Duration.ofMinutes(5)); // a slow disk is a figure, not a failure
    if (byHand) {
      builder.codecs(type -> type == shape.type() ? shape.format() : null);
    }
    store = builder.open();
    map = store.map("entries", String.class, shape.type());
    durable = map.with(Durability.SYNC);
  }

  static <V> Peer<V> onFiles(Site<V> site) {
    return new PagurusPeer<>("file:" + site.directory(), site.shape(), false);
  }

  static <V> Peer<V> byHand(Site<V> site) {
    return new PagurusPeer<>("file:" + site.directory(), site.shape(), true);
  }

  static <V> Peer<V> offHeap(Site<V> site) {
    return new PagurusPeer<>("file:" + site.directory() + "?live=offheap", site.shape(), false);
  }

  static <V> Peer<V> onH2(Site<V> site) {
    return new PagurusPeer<>("jdbc:h2:" + site.directory().resolve("h2"), site.shape(), false);
  }

  @Override
  public @Nullable V get(String key) {
    return map.get(key);
  }

  @Override
  public void put(String key, V value) {
    map.put(key, value);
  }

  @Override
  public void update(String key, UnaryOperator<V> change) {
    map.computeIfPresent(key, (same, value) -> change.apply(value));
  }

  @Override
  public void putDurable(String key, V value) {
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
