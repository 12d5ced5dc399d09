package io.pagurus.jdbc;

import io.pagurus.Checkpoint;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The retained checkpoints of a store, and the history that only dropped ones needed. Changed
 * inside of commits only. Confined to one thread, for one commit.
 *
 * <h2>What can be purged</h2>
 *
 * A row of the history was current for the commits from its {@code version} up to, not including,
 * {@code replaced_at}; it is needed as long as some checkpoint is among them. When the checkpoint
 * at v goes, with p the next older and n the next newer one, the rows nobody needs any more are
 * those with p &lt; version &lt;= v &lt; replaced_at &lt;= n. Without a newer one the bound is this
 * commit: rows that are still current stay out of the history by themselves, unless a checkpoint
 * made later needs them. Such a range never gets needed again, because a new checkpoint is never
 * older than an existing commit. So it is written down, and deleted by later commits a portion at a
 * time: dropping a checkpoint costs the same however much it held.
 */
final class CheckpointBook {
  /** Rows of history deleted by one commit. */
  static final int PURGE_PORTION = 2_000;

  private final Handle handle;
  private final int store;

  CheckpointBook(Handle handle, int store) {
    this.handle = handle;
    this.store = store;
  }

  /** All, oldest first. */
  List<Checkpoint> list() {
    return handle
        .createQuery(
            "SELECT id, label, version, created_at FROM pagurus_checkpoint WHERE store = ?"
                + " ORDER BY version, made")
        .bind(0, store)
        .map(
            (row, context) ->
                new Checkpoint(
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    Instant.parse(row.getString(4))))
        .list();
  }

  /** The version of the newest, or -1. */
  long newest() {
    return one("SELECT MAX(version) FROM pagurus_checkpoint WHERE store = ?").orElse(-1);
  }

  OptionalLong version(String id) {
    return handle
        .createQuery("SELECT version FROM pagurus_checkpoint WHERE store = ? AND id = ?")
        .bind(0, store)
        .bind(1, id)
        .mapTo(Long.class)
        .findFirst()
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  void add(Checkpoint checkpoint) {
    handle.execute(
        "INSERT INTO pagurus_checkpoint (store, id, label, version, created_at)"
            + " VALUES (?, ?, ?, ?, ?)",
        store,
        checkpoint.id(),
        checkpoint.label(),
        checkpoint.version(),
        checkpoint.createdAt().toString());
  }

  /** Forgets a checkpoint in the commit {@code now}; an unknown one is ignored. */
  void drop(String id, long now) {
    OptionalLong found = version(id);
    if (found.isEmpty()) {
      return;
    }
    handle.execute("DELETE FROM pagurus_checkpoint WHERE store = ? AND id = ?", store, id);
    long version = found.getAsLong();
    long older =
        one("SELECT MAX(version) FROM pagurus_checkpoint WHERE store = ? AND version <= ?", version)
            .orElse(-1);
    long newer =
        one("SELECT MIN(version) FROM pagurus_checkpoint WHERE store = ? AND version >= ?", version)
            .orElse(now);
    long upTo = Math.min(newer, now);
    if (older < version && version < upTo) {
      handle.execute(
          "INSERT INTO pagurus_purge (store, version_above, version_upto, replaced_above,"
              + " replaced_upto) VALUES (?, ?, ?, ?, ?)",
          store,
          older,
          version,
          version,
          upTo);
    }
  }

  /** Deletes one portion of what is not needed any more; false when there is nothing left. */
  boolean purge() {
    @Nullable Long id =
        handle
            .createQuery("SELECT id FROM pagurus_purge WHERE store = ? ORDER BY id")
            .bind(0, store)
            .setMaxRows(1)
            .mapTo(Long.class)
            .findFirst()
            .orElse(null);
    if (id == null) {
      return false;
    }
    long[] range =
        handle
            .createQuery(
                "SELECT replaced_above, replaced_upto, version_above, version_upto"
                    + " FROM pagurus_purge WHERE id = ?")
            .bind(0, id)
            .map(
                (row, context) ->
                    new long[] {row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)})
            .one();
    int deleted =
        handle.execute(
            "DELETE FROM pagurus_history WHERE store = ? AND replaced_at > ? AND replaced_at <= ?"
                + " AND version > ? AND version <= ? FETCH FIRST "
                + PURGE_PORTION
                + " ROWS ONLY",
            store,
            range[0],
            range[1],
            range[2],
            range[3]);
    if (deleted < PURGE_PORTION) {
      handle.execute("DELETE FROM pagurus_purge WHERE id = ?", id);
    }
    return true;
  }

  private OptionalLong one(String sql, Object... more) {
    var query = handle.createQuery(sql).bind(0, store);
    for (int i = 0; i < more.length; i++) {
      query.bind(i + 1, more[i]);
    }
    return query
        .map(
            (row, context) -> {
              long value = row.getLong(1);
              return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
            })
        .one();
  }
}
