package io.pagurus.jdbc;

import io.pagurus.CorruptStateException;
import io.pagurus.spi.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries and verifies each against its checksum. Plain JDBC, because lists of keys go as
 * arrays. Stateless besides its constants, so thread-safe.
 *
 * <p>Lists of keys are joined to the table with {@code UNNEST}: H2 then looks each up in the
 * primary key; {@code entry_key = ANY (?)} would read the whole space.
 */
final class EntryReader {
  /** H2 takes 65,536 elements in an array; smaller portions keep a statement short. */
  static final int KEYS_PER_STATEMENT = 5_000;

  private static final String VALUE = "e.entry_key, e.crc32c, e.small_value, e.big_value";
  private static final String GET =
      "SELECT "
          + VALUE
          + " FROM pagurus_entry e WHERE e.store = ? AND e.space = ? AND e.entry_key = ?";
  private static final String JOIN =
      " FROM UNNEST(CAST(? AS VARBINARY ARRAY)) AS k(k)"
          + " JOIN pagurus_entry e ON e.store = ? AND e.space = ? AND e.entry_key = k.k";
  private static final String GET_ALL = "SELECT " + VALUE + JOIN;
  private static final String COUNT =
      "SELECT entries FROM pagurus_space WHERE store = ? AND space = ?";
  // Named in full, the primary key gives the order and FETCH FIRST ends the reading.
  private static final String ORDER =
      " ORDER BY e.store, e.space, e.entry_key FETCH FIRST ? ROWS ONLY";

  private final String storeName;
  private final int store;
  private final String source;

  EntryReader(String storeName, int store, String source) {
    this.storeName = storeName;
    this.store = store;
    this.source = source;
  }

  byte @Nullable [] get(Connection connection, int space, byte[] key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(GET)) {
      statement.setInt(1, store);
      statement.setInt(2, space);
      statement.setBytes(3, key);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? entry(space, row).value() : null;
      }
    }
  }

  List<Entry> getAll(Connection connection, int space, List<byte[]> keys) throws SQLException {
    List<Entry> entries = new ArrayList<>(keys.size());
    try (PreparedStatement statement = connection.prepareStatement(GET_ALL)) {
      for (int from = 0; from < keys.size(); from += KEYS_PER_STATEMENT) {
        bindKeys(connection, statement, space, portion(keys, from));
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            entries.add(entry(space, row));
          }
        }
      }
    }
    return entries;
  }

  /** A space and its count, less those of {@code except} that are there. */
  long count(Connection connection, int space, Collection<byte[]> except) throws SQLException {
    List<byte[]> keys = List.copyOf(except);
    long count = 0;
    String sql = keys.isEmpty() ? COUNT : "SELECT (" + COUNT + "), (SELECT COUNT(*)" + JOIN + ")";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int from = 0; from == 0 || from < keys.size(); from += KEYS_PER_STATEMENT) {
        statement.setInt(1, store);
        statement.setInt(2, space);
        if (!keys.isEmpty()) {
          Array array = array(connection, portion(keys, from));
          statement.setArray(3, array);
          statement.setInt(4, store);
          statement.setInt(5, space);
        }
        try (ResultSet row = statement.executeQuery()) {
          if (row.next()) {
            count = from == 0 ? row.getLong(1) : count;
            count -= keys.isEmpty() ? 0 : row.getLong(2);
          }
        }
      }
    }
    return count;
  }

  List<Entry> scan(
      Connection connection, int space, byte[] prefix, byte @Nullable [] after, int limit)
      throws SQLException {
    boolean fromAfter = after != null && Arrays.compareUnsigned(after, prefix) >= 0;
    byte[] from = fromAfter && after != null ? after : prefix;
    byte[] end = successor(prefix);
    String sql =
        "SELECT "
            + VALUE
            + " FROM pagurus_entry e WHERE e.store = ? AND e.space = ? AND e.entry_key "
            + (fromAfter ? ">" : ">=")
            + " ?"
            + (end == null ? "" : " AND e.entry_key < ?")
            + ORDER;
    List<Entry> entries = new ArrayList<>(Math.min(limit, 1024));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int at = 1;
      statement.setInt(at++, store);
      statement.setInt(at++, space);
      statement.setBytes(at++, from);
      if (end != null) {
        statement.setBytes(at++, end);
      }
      statement.setInt(at, limit);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          entries.add(entry(space, row));
        }
      }
    }
    return entries;
  }

  private void bindKeys(
      Connection connection, PreparedStatement statement, int space, List<byte[]> keys)
      throws SQLException {
    statement.setArray(1, array(connection, keys));
    statement.setInt(2, store);
    statement.setInt(3, space);
  }

  private static Array array(Connection connection, List<byte[]> keys) throws SQLException {
    return connection.createArrayOf("VARBINARY", keys.toArray());
  }

  private static List<byte[]> portion(List<byte[]> keys, int from) {
    return keys.subList(from, Math.min(keys.size(), from + KEYS_PER_STATEMENT));
  }

  /** The smallest key greater than all that begin with {@code prefix}; null when there is none. */
  static byte @Nullable [] successor(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xff) {
      length--;
    }
    if (length == 0) {
      return null;
    }
    byte[] end = Arrays.copyOf(prefix, length);
    end[length - 1]++;
    return end;
  }

  private Entry entry(int space, ResultSet row) throws SQLException {
    byte[] key = row.getBytes(1);
    int crc = row.getInt(2);
    byte[] small = row.getBytes(3);
    byte[] value = small == null ? big(space, key, row.getBlob(4)) : small;
    if (RowChecksum.of(space, key, value) != crc) {
      throw corrupt(space, key, "its " + value.length + " bytes do not match their checksum", null);
    }
    return new Entry(key, value);
  }

  private byte[] big(int space, byte[] key, @Nullable Blob blob) throws SQLException {
    if (blob == null) {
      throw corrupt(space, key, "its value is missing", null);
    }
    long length = blob.length();
    if (length > Limits.MAX_VALUE_BYTES) {
      throw corrupt(space, key, "its value has " + length + " bytes, more than allowed", null);
    }
    try (InputStream in = blob.getBinaryStream()) {
      return in.readNBytes((int) length);
    } catch (IOException e) {
      if (e.getCause() instanceof SQLException sql) {
        throw sql;
      }
      throw new SQLException("reading a large value failed", "08006", e);
    }
  }

  private CorruptStateException corrupt(
      int space, byte[] key, String what, @Nullable Throwable cause) {
    return new CorruptStateException(
        "Store "
            + storeName
            + " in "
            + source
            + ": the entry of space "
            + space
            + " with key "
            + Messages.key(key)
            + " is damaged: "
            + what
            + ". It is in table pagurus_entry, store = "
            + store
            + "; nothing was changed. Keep a copy of the database, then restore a checkpoint or a"
            + " backup, or remove that entry.",
        cause);
  }
}
