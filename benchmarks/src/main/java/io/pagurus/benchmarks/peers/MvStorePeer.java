package io.pagurus.benchmarks.peers;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/**
 * H2's MVStore. Pages hold decoded objects. It commits by itself in the background; durable is a
 * commit and a sync, shared by concurrent writers.
 */
final class MvStorePeer<V> implements Peer<V> {
  static final String SETTINGS =
      "256 MB page cache, background commits as by default, commit() + sync() for durable, shared"
          + " by concurrent writers";

  private final MVStore store;
  private final MVMap<String, V> map;
  private final GroupForce group;

  MvStorePeer(Site<V> site) {
    store =
        new MVStore.Builder()
            .fileName(site.directory().resolve("entries.mv").toString())
            .cacheSize(256)
            .open();
    map =
        store.openMap(
            "entries",
            new MVMap.Builder<String, V>()
                .keyType(StringDataType.INSTANCE)
                .valueType(new ValueType<>(site)));
    group =
        new GroupForce(
            () -> {
              store.commit();
              store.sync();
            });
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
  public void putDurable(String key, V value) throws Exception {
    map.put(key, value);
    group.await();
  }

  @Override
  public void checkpoint() throws Exception {
    group.await();
  }

  @Override
  public long size() {
    return map.sizeAsLong();
  }

  @Override
  public void close() {
    store.close();
  }

  private static final class ValueType<V> extends BasicDataType<V> {
    private final Shape<V> shape;
    private final int memory;

    ValueType(Site<V> site) {
      shape = site.shape();
      memory = 2 * site.valueBytes();
    }

    @Override
    public int getMemory(V value) {
      return memory;
    }

    @Override
    public void write(WriteBuffer out, V value) {
      byte[] bytes = shape.format().encode(requireNonNull(value));
      out.putVarInt(bytes.length).put(bytes);
    }

    @Override
    public V read(ByteBuffer in) {
      byte[] bytes = new byte[DataUtils.readVarInt(in)];
      in.get(bytes);
      return shape.format().decode(bytes);
    }

    @Override
    @SuppressWarnings("unchecked") // an array of that very type
    public V[] createStorage(int size) {
      return (V[]) Array.newInstance(shape.type(), size);
    }
  }
}
