package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.util.Arrays;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.bindings.StringBinding;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.EnvironmentImpl;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import org.jspecify.annotations.Nullable;

/** An Xodus environment with one store: a transaction for each put. */
final class XodusPeer<V> implements Peer<V> {
  static final String SETTINGS =
      "256 MB log cache, batches of 1,000 for the load; flushAndSync() for durable, shared by"
          + " concurrent writers";
  private static final int BATCH = 1000;

  private final Environment environment;
  private final Store store;
  private final Codec<V> format;
  private final GroupForce group;

  XodusPeer(Site<V> site) {
    format = site.shape().format();
    environment =
        Environments.newInstance(
            site.directory().toFile(), new EnvironmentConfig().setMemoryUsage(256L << 20));
    store =
        environment.computeInTransaction(
            transaction ->
                environment.openStore("entries", StoreConfig.WITHOUT_DUPLICATES, transaction));
    group = new GroupForce(((EnvironmentImpl) environment)::flushAndSync);
  }

  @Override
  public void load(String[] keys, V[] values) {
    for (int from = 0; from < keys.length; from += BATCH) {
      int begin = from;
      environment.executeInTransaction(
          transaction -> {
            for (int i = begin; i < Math.min(keys.length, begin + BATCH); i++) {
              store.put(transaction, key(keys[i]), value(values[i]));
            }
          });
    }
  }

  @Override
  public @Nullable V get(String key) {
    ByteIterable found =
        environment.computeInReadonlyTransaction(transaction -> store.get(transaction, key(key)));
    return found == null
        ? null
        : format.decode(Arrays.copyOf(found.getBytesUnsafe(), found.getLength()));
  }

  @Override
  public void put(String key, V value) {
    environment.executeInTransaction(transaction -> store.put(transaction, key(key), value(value)));
  }

  @Override
  public void putDurable(String key, V value) throws Exception {
    put(key, value);
    group.await();
  }

  @Override
  public void checkpoint() throws Exception {
    group.await();
  }

  @Override
  public long size() {
    return environment.computeInReadonlyTransaction(store::count);
  }

  @Override
  public void close() {
    environment.close();
  }

  private static ByteIterable key(String key) {
    return StringBinding.stringToEntry(key);
  }

  private ByteIterable value(V value) {
    return new ArrayByteIterable(format.encode(value));
  }
}
