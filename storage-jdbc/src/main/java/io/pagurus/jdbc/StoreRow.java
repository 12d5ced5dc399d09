package io.pagurus.jdbc;

import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StoreHead;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The row of one store in {@code pagurus_store}. */
record StoreRow(
    int id,
    long epoch,
    long seq,
    @Nullable UUID commitId,
    @Nullable Instant committedAt,
    boolean released,
    @Nullable OwnerId owner) {

  private static final String BY_NAME = "SELECT * FROM pagurus_store WHERE name = ?";
  private static final String BY_ID = "SELECT * FROM pagurus_store WHERE id = ?";

  static @Nullable StoreRow byName(Handle handle, String name) {
    return handle
        .createQuery(BY_NAME)
        .bind(0, name)
        .map((row, context) -> read(row))
        .findFirst()
        .orElse(null);
  }

  static @Nullable StoreRow byId(Handle handle, int id) {
    return find(handle, BY_ID, id);
  }

  /** Waits for a transaction that holds the row, as long as the lock timeout allows. */
  static @Nullable StoreRow lock(Handle handle, int id) {
    return find(handle, BY_ID + " FOR UPDATE", id);
  }

  private static @Nullable StoreRow find(Handle handle, String sql, int id) {
    return handle
        .createQuery(sql)
        .bind(0, id)
        .map((row, context) -> read(row))
        .findFirst()
        .orElse(null);
  }

  private static StoreRow read(ResultSet row) throws SQLException {
    UUID ownerId = row.getObject("owner_id", UUID.class);
    return new StoreRow(
        row.getInt("id"),
        row.getLong("epoch"),
        row.getLong("seq"),
        row.getObject("commit_id", UUID.class),
        instant(row.getString("committed_at")),
        row.getBoolean("released"),
        ownerId == null ? null : owner(ownerId, row));
  }

  private static OwnerId owner(UUID id, ResultSet row) throws SQLException {
    return new OwnerId(
        id,
        row.getLong("owner_pid"),
        text(row.getString("owner_host")),
        text(row.getString("owner_pid_space")),
        time(row.getString("owner_process_start")),
        time(row.getString("owner_opened_at")));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static @Nullable Instant instant(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }

  private static Instant time(@Nullable String text) {
    return text == null ? Instant.EPOCH : Instant.parse(text);
  }

  /** Whether nothing happened to the store since {@code other} was read. */
  boolean sameMoment(@Nullable StoreRow other) {
    return other != null && id == other.id && epoch == other.epoch && seq == other.seq;
  }

  StoreHead head(long epoch, long entries) {
    return new StoreHead(epoch, seq, commitId, committedAt, entries, released, describeOwner());
  }

  @Nullable String describeOwner() {
    return owner == null ? null : owner.describe();
  }
}
