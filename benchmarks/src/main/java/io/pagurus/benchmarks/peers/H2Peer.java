package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** A table in H2 through bare Jdbi: a row for each entry, a transaction for each put. */
final class H2Peer<V> implements Peer<V> {
  static final String SETTINGS =
      "embedded, 256 MB page cache, a pool of connections, batches of 1,000 for the load; CHECKPOINT"
          + " SYNC for durable, shared by concurrent writers";
  private static final int BATCH = 1000;
  private static final String PUT = "MERGE INTO entries KEY (k) VALUES (?, ?)";

  private final JdbcConnectionPool pool;
  private final Jdbi jdbi;
  private final Codec<V> format;
  private final GroupForce group;

  H2Peer(Site<V> site) {
    format = site.shape().format();
    pool =
        JdbcConnectionPool.create(
            "jdbc:h2:"
                + site.directory().resolve("entries")
                + ";DB_CLOSE_ON_EXIT=FALSE;CACHE_SIZE=262144",
            "sa",
            "");
    pool.setMaxConnections(65);
    jdbi = Jdbi.create(pool);
    execute(
        "CREATE TABLE IF NOT EXISTS entries (k VARCHAR(16) PRIMARY KEY, v VARBINARY(20000) NOT"
            + " NULL)");
    group = new GroupForce(() -> execute("CHECKPOINT SYNC"));
  }

  @Override
  public void load(String[] keys, V[] values) {
    try (Handle handle = jdbi.open()) {
      for (int from = 0; from < keys.length; from += BATCH) {
        int begin = from;
        handle.useTransaction(
            transaction -> {
              PreparedBatch batch = transaction.prepareBatch("INSERT INTO entries VALUES (?, ?)");
              for (int i = begin; i < Math.min(keys.length, begin + BATCH); i++) {
                batch.bind(0, keys[i]).bind(1, format.encode(values[i])).add();
              }
              batch.execute();
            });
      }
    }
  }

  @Override
  public @Nullable V get(String key) {
    byte[] bytes =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT v FROM entries WHERE k = ?")
                    .bind(0, key)
                    .mapTo(byte[].class)
                    .findOne()
                    .orElse(null));
    return bytes == null ? null : format.decode(bytes);
  }

  @Override
  public void put(String key, V value) {
    byte[] bytes = format.encode(value);
    jdbi.useHandle(handle -> handle.execute(PUT, key, bytes));
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
    return jdbi.withHandle(
        handle -> handle.createQuery("SELECT COUNT(*) FROM entries").mapTo(Long.class).one());
  }

  @Override
  public void close() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN"); // not by Jdbi, which asks the closed database for a count
    }
    pool.dispose();
  }

  private void execute(String sql) {
    jdbi.useHandle(handle -> handle.execute(sql));
  }
}
