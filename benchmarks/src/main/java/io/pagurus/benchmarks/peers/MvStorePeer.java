package io.pagurus.benchmarks.peers;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.file.Path;
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
final class MvStorePeer implements Peer {
  static final String SETTINGS =
      "256 MB page cache, background commits as by default, commit() + sync() for durable, shared"
          + " by concurrent writers";

  private final MVStore store;
  private final MVMap<String, Customer> map;
  private final GroupForce group;

  MvStorePeer(Path directory) {
    store =
        new MVStore.Builder()
            .fileName(directory.resolve("customers.mv").toString())
            .cacheSize(256)
            .open();
    map =
        store.openMap(
            "customers",
            new MVMap.Builder<String, Customer>()
                .keyType(StringDataType.INSTANCE)
                .valueType(new CustomerType()));
    group =
        new GroupForce(
            () -> {
              store.commit();
              store.sync();
            });
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
  public void putDurable(String key, Customer value) throws Exception {
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

  private static final class CustomerType extends BasicDataType<Customer> {
    @Override
    public int getMemory(Customer customer) {
      return 400;
    }

    @Override
    public void write(WriteBuffer out, Customer customer) {
      byte[] bytes = CustomerFormat.INSTANCE.encode(requireNonNull(customer));
      out.putVarInt(bytes.length).put(bytes);
    }

    @Override
    public Customer read(ByteBuffer in) {
      byte[] bytes = new byte[org.h2.mvstore.DataUtils.readVarInt(in)];
      in.get(bytes);
      return CustomerFormat.INSTANCE.decode(bytes);
    }

    @Override
    public Customer[] createStorage(int size) {
      return new Customer[size];
    }
  }
}
