package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with its write-ahead log: synced for durable puts, not synced for others. It groups the
 * syncs of concurrent writers itself.
 */
final class RocksPeer<V> implements Peer<V> {
  static final String SETTINGS = "256 MiB block cache, bloom filter of 10 bits, batches of 1,000";
  private static final int BATCH = 1000;

  static {
    RocksDB.loadLibrary();
  }

  private final LRUCache cache = new LRUCache(256L << 20);
  private final BloomFilter filter = new BloomFilter(10);
  private final Options options;
  private final WriteOptions lazy = new WriteOptions().setSync(false);
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final RocksDB db;
  private final Codec<V> format;

  RocksPeer(Site<V> site) throws RocksDBException {
    format = site.shape().format();
    options =
        new Options()
            .setCreateIfMissing(true)
            .setTableFormatConfig(
                new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
    db = RocksDB.open(options, site.directory().toString());
  }

  @Override
  public void load(String[] keys, V[] values) throws RocksDBException {
    for (int from = 0; from < keys.length; from += BATCH) {
      try (WriteBatch batch = new WriteBatch()) {
        for (int i = from; i < Math.min(keys.length, from + BATCH); i++) {
          batch.put(bytes(keys[i]), format.encode(values[i]));
        }
        db.write(lazy, batch);
      }
    }
  }

  @Override
  public @Nullable V get(String key) throws RocksDBException {
    byte[] value = db.get(bytes(key));
    return value == null ? null : format.decode(value);
  }

  @Override
  public void put(String key, V value) throws RocksDBException {
    db.put(lazy, bytes(key), format.encode(value));
  }

  @Override
  public void putDurable(String key, V value) throws RocksDBException {
    db.put(synced, bytes(key), format.encode(value));
  }

  @Override
  public void checkpoint() throws RocksDBException {
    db.flushWal(true);
  }

  @Override
  public long size() throws RocksDBException {
    long entries = 0;
    try (RocksIterator iterator = db.newIterator()) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        entries++;
      }
      iterator.status();
    }
    return entries;
  }

  @Override
  public void close() throws RocksDBException {
    db.closeE();
    options.close();
    lazy.close();
    synced.close();
    filter.close();
    cache.close();
  }

  private static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }
}
