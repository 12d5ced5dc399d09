package io.pagurus.jdbc;

import io.pagurus.spi.Change;
import java.io.ByteArrayInputStream;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the clears and changes of one commit inside its transaction, which holds the row of the
 * store, so that nobody else writes entries of this store meanwhile. Plain JDBC batches: this is
 * where a million rows go through. Confined to one thread, for one commit.
 *
 * <p>Which of the keys exist is looked up first, a portion at a time: this tells inserts from
 * updates, keeps the counts exact, and finds the rows that a checkpoint still needs. For a space
 * that is empty there is nothing to look up.
 */
final class EntryWriter {
  private static final int PORTION = 1_000;

  /** Large values of one batch are held in memory by the driver until it is sent. */
  private static final long PORTION_BYTES = 8L << 20;

  private static final String COPY =
      "INSERT INTO pagurus_history (store, space, entry_key, version, replaced_at, crc32c,"
          + " small_value, big_value)"
          + " SELECT store, space, entry_key, version, ?, crc32c, small_value, big_value"
          + " FROM pagurus_entry WHERE store = ? AND version <= ?";
  private static final String EXISTING =
      "SELECT e.space, e.entry_key, e.version"
          + " FROM UNNEST(CAST(? AS INTEGER ARRAY), CAST(? AS VARBINARY ARRAY)) AS k(s, k)"
          + " JOIN pagurus_entry e ON e.store = ? AND e.space = k.s AND e.entry_key = k.k";
  private static final String INSERT =
      "INSERT INTO pagurus_entry (version, crc32c, small_value, big_value, store, space, entry_key)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?)";
  private static final String UPDATE =
      "UPDATE pagurus_entry SET version = ?, crc32c = ?, small_value = ?, big_value = ?"
          + " WHERE store = ? AND space = ? AND entry_key = ?";
  private static final String DELETE =
      "DELETE FROM pagurus_entry WHERE store = ? AND space = ? AND entry_key = ?";

  private final Connection connection;
  private final int store;
  private final long version;
  private final long copyUpTo;
  private final Map<Integer, Long> before;
  private final Map<Integer, Long> counts;
  private @Nullable Change refused;

  /**
   * @param copyUpTo the version of the newest checkpoint, which needs the rows up to it; -1 without
   *     one
   */
  EntryWriter(Connection connection, int store, long version, long copyUpTo) throws SQLException {
    this.connection = connection;
    this.store = store;
    this.version = version;
    this.copyUpTo = copyUpTo;
    this.before = readCounts();
    this.counts = new TreeMap<>(before);
  }

  /** The change that the database refused, when that is known. */
  @Nullable Change refused() {
    return refused;
  }

  private Map<Integer, Long> readCounts() throws SQLException {
    Map<Integer, Long> result = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT space, entries FROM pagurus_space WHERE store = ?")) {
      statement.setInt(1, store);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          result.put(row.getInt(1), row.getLong(2));
        }
      }
    }
    return result;
  }

  void clear(int space) throws SQLException {
    if (counts.getOrDefault(space, 0L) == 0) {
      return;
    }
    if (copyUpTo >= 0) {
      try (PreparedStatement copy = connection.prepareStatement(COPY + " AND space = ?")) {
        copy.setLong(1, version);
        copy.setInt(2, store);
        copy.setLong(3, copyUpTo);
        copy.setInt(4, space);
        copy.executeUpdate();
      }
    }
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM pagurus_entry WHERE store = ? AND space = ?")) {
      delete.setInt(1, store);
      delete.setInt(2, space);
      delete.executeUpdate();
    }
    counts.put(space, 0L);
  }

  /** Applies the changes, in the order of the primary key: neighbours share pages. */
  void apply(List<Change> changes) throws SQLException {
    List<Change> sorted = new ArrayList<>(changes);
    sorted.sort(
        (a, b) ->
            a.space() != b.space()
                ? Integer.compare(a.space(), b.space())
                : Arrays.compareUnsigned(a.key(), b.key()));
    List<Change> portion = new ArrayList<>(Math.min(PORTION, sorted.size()));
    long bytes = 0;
    // Prepared once for all portions.
    try (PreparedStatement existing = connection.prepareStatement(EXISTING);
        PreparedStatement copy =
            connection.prepareStatement(COPY + " AND space = ? AND entry_key = ?");
        PreparedStatement insert = connection.prepareStatement(INSERT);
        PreparedStatement update = connection.prepareStatement(UPDATE);
        PreparedStatement delete = connection.prepareStatement(DELETE)) {
      for (Change change : sorted) {
        byte[] value = change.value();
        portion.add(change);
        bytes += value == null ? 0 : value.length;
        if (portion.size() == PORTION || bytes >= PORTION_BYTES) {
          write(portion, existing, copy, insert, update, delete);
          portion.clear();
          bytes = 0;
        }
      }
      write(portion, existing, copy, insert, update, delete);
    }
  }

  private void write(
      List<Change> portion,
      PreparedStatement existing,
      PreparedStatement copy,
      PreparedStatement insert,
      PreparedStatement update,
      PreparedStatement delete)
      throws SQLException {
    Map<Key, Long> versions = existing(portion, existing);
    List<Change> copies = new ArrayList<>();
    List<Change> inserts = new ArrayList<>();
    List<Change> updates = new ArrayList<>();
    List<Change> deletes = new ArrayList<>();
    for (Change change : portion) {
      Long old = versions.get(new Key(change.space(), change.key()));
      if (old != null && old <= copyUpTo) {
        copies.add(change);
      }
      if (change.value() != null) {
        (old == null ? inserts : updates).add(change);
      } else if (old != null) {
        deletes.add(change);
      }
    }
    for (Change change : copies) {
      copy.setLong(1, version);
      copy.setInt(2, store);
      copy.setLong(3, copyUpTo);
      copy.setInt(4, change.space());
      copy.setBytes(5, change.key());
      copy.addBatch();
    }
    run(copy, copies);
    for (Change change : deletes) {
      delete.setInt(1, store);
      delete.setInt(2, change.space());
      delete.setBytes(3, change.key());
      delete.addBatch();
      counts.merge(change.space(), -1L, Long::sum);
    }
    run(delete, deletes);
    put(update, updates);
    put(insert, inserts);
    for (Change change : inserts) {
      counts.merge(change.space(), 1L, Long::sum);
    }
  }

  private Map<Key, Long> existing(List<Change> portion, PreparedStatement statement)
      throws SQLException {
    List<Integer> spaces = new ArrayList<>(portion.size());
    List<byte[]> keys = new ArrayList<>(portion.size());
    for (Change change : portion) {
      if (counts.getOrDefault(change.space(), 0L) > 0) {
        spaces.add(change.space());
        keys.add(change.key());
      }
    }
    if (keys.isEmpty()) {
      return Map.of();
    }
    Map<Key, Long> versions = new HashMap<>();
    statement.setArray(1, connection.createArrayOf("INTEGER", spaces.toArray()));
    statement.setArray(2, connection.createArrayOf("VARBINARY", keys.toArray()));
    statement.setInt(3, store);
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        versions.put(new Key(row.getInt(1), row.getBytes(2)), row.getLong(3));
      }
    }
    return versions;
  }

  private void put(PreparedStatement statement, List<Change> changes) throws SQLException {
    for (Change change : changes) {
      byte[] value = change.value();
      if (value == null) {
        continue; // not in a list of puts
      }
      statement.setLong(1, version);
      statement.setInt(2, RowChecksum.of(change.space(), change.key(), value));
      if (value.length <= Limits.MAX_SMALL_VALUE_BYTES) {
        statement.setBytes(3, value);
        statement.setNull(4, Types.BLOB);
      } else {
        statement.setNull(3, Types.VARBINARY);
        statement.setBinaryStream(4, new ByteArrayInputStream(value), value.length);
      }
      statement.setInt(5, store);
      statement.setInt(6, change.space());
      statement.setBytes(7, change.key());
      statement.addBatch();
    }
    run(statement, changes);
  }

  private void run(PreparedStatement statement, List<Change> changes) throws SQLException {
    if (changes.isEmpty()) {
      return;
    }
    try {
      statement.executeBatch();
    } catch (BatchUpdateException e) {
      if (SqlFailure.of(e) == SqlFailure.DATA) {
        refused = first(changes, e.getUpdateCounts());
      }
      throw e;
    }
  }

  private static @Nullable Change first(List<Change> changes, int @Nullable [] results) {
    if (results == null) {
      return null;
    }
    for (int i = 0; i < results.length; i++) {
      if (results[i] == Statement.EXECUTE_FAILED) {
        return i < changes.size() ? changes.get(i) : null;
      }
    }
    return results.length < changes.size() ? changes.get(results.length) : null;
  }

  /** Replaces all entries by those of the checkpoint at {@code target}. */
  void restore(long target) throws SQLException {
    execute(COPY + " AND version > ?", version, store, copyUpTo, target);
    execute("DELETE FROM pagurus_entry WHERE store = ? AND version > ?", store, target);
    execute(
        "INSERT INTO pagurus_entry (store, space, entry_key, version, crc32c, small_value,"
            + " big_value) SELECT store, space, entry_key, ?, crc32c, small_value, big_value"
            + " FROM pagurus_history WHERE store = ? AND version <= ? AND replaced_at > ?",
        version,
        store,
        target,
        target);
    counts.replaceAll((space, count) -> 0L);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT space, COUNT(*) FROM pagurus_entry WHERE store = ? GROUP BY space")) {
      statement.setInt(1, store);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          counts.put(row.getInt(1), row.getLong(2));
        }
      }
    }
  }

  private void execute(String sql, long... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setLong(i + 1, arguments[i]);
      }
      statement.executeUpdate();
    }
  }

  /** Writes the counts that have changed. */
  void writeCounts() throws SQLException {
    for (Map.Entry<Integer, Long> count : counts.entrySet()) {
      Long old = before.get(count.getKey());
      if (old == null) {
        execute(
            "INSERT INTO pagurus_space (entries, store, space) VALUES (?, ?, ?)",
            count.getValue(),
            store,
            count.getKey());
      } else if (!old.equals(count.getValue())) {
        execute(
            "UPDATE pagurus_space SET entries = ? WHERE store = ? AND space = ?",
            count.getValue(),
            store,
            count.getKey());
      }
    }
  }
}
