package io.pagurus.jdbc;

import io.pagurus.Checkpoint;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.CommitResult.Committed;
import io.pagurus.spi.CommitResult.Fenced;
import io.pagurus.spi.CommitResult.Rejected;
import io.pagurus.spi.CommitResult.TryAgain;
import java.sql.SQLException;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Sends commits: each is one transaction whose first statement is the fence. Used by one thread at
 * a time.
 *
 * <h2>Outcomes</h2>
 *
 * <ul>
 *   <li>The fence changed the row of the store: this owner holds it, nobody else can commit or take
 *       over before this transaction ends.
 *   <li>It changed nothing: the row is read again. Another epoch: fenced, or committed if the epoch
 *       that followed ours was built on this very commit. Our epoch with this commit: an earlier
 *       try landed.
 *   <li>The answer to COMMIT was lost, or the disk was not forced: unknown. The next try of the
 *       same commit first waits for the row ({@code FOR UPDATE}), so that a transaction which is
 *       still open on the server is over before anything is concluded.
 *   <li>A connection broke: its session can live on at the server and hold the row, because the
 *       server has not noticed, or because H2's client does not close the socket of a call that
 *       timed out. The next try ends that session when it is idle ({@link RowLock}).
 *   <li>A failure before COMMIT was sent: certainly not committed, unless an earlier try is still
 *       unresolved.
 * </ul>
 */
final class Committer {
  private static final String FENCE =
      "UPDATE pagurus_store SET seq = ?, commit_id = ?, committed_at = ?, released = ?"
          + " WHERE id = ? AND epoch = ? AND seq = ?";

  private final Database database;
  private final String storeName;
  private final int store;
  private final RowLock rowLock;

  /** Set after a failure that may have left a session of ours on the server, on the row. */
  private boolean rowMayBeHeld;

  /** The commit whose fate is unknown. */
  private @Nullable UUID unresolved;

  /** Why forcing the disk failed: what it lost then, no later force brings back. */
  private @Nullable SQLException forceFailure;

  /** False once there is nothing left to purge; a dropped checkpoint sets it again. */
  private boolean purging = true;

  Committer(Database database, String storeName, int store) {
    this.database = database;
    this.storeName = storeName;
    this.store = store;
    this.rowLock = new RowLock(database, storeName);
  }

  CommitResult commit(Commit commit) {
    Rejected tooLarge = Limits.check(commit);
    if (tooLarge != null) {
      return tooLarge;
    }
    boolean mayHaveLanded = commit.commitId().equals(unresolved);
    Handle handle;
    try {
      handle = database.borrow();
    } catch (SQLException e) {
      return tryAgain(e, mayHaveLanded);
    }
    try (handle) {
      return commit(commit, handle, mayHaveLanded);
    }
  }

  private CommitResult commit(Commit commit, Handle handle, boolean mayHaveLanded) {
    Attempt attempt = new Attempt(handle, commit);
    try {
      CommitResult result = attempt.run(mayHaveLanded);
      unresolved = null;
      rowMayBeHeld = false;
      return result;
    } catch (SQLException | JdbiException e) {
      SQLException cause = SqlFailure.unwrap(e);
      SqlFailure failure = SqlFailure.of(cause);
      rowMayBeHeld |= failure == SqlFailure.CONNECTION || failure == SqlFailure.BUSY;
      if (failure == SqlFailure.CONNECTION) {
        database.discard(handle);
      } else {
        database.abandon(handle);
      }
      boolean unknown = mayHaveLanded || attempt.sent;
      if (unknown) {
        unresolved = commit.commitId();
      } else if (failure == SqlFailure.DATA) {
        return new Rejected(
            attempt.writer == null ? null : attempt.writer.refused(), describe(cause, commit));
      }
      return tryAgain(cause, unknown);
    }
  }

  private TryAgain tryAgain(SQLException cause, boolean unknown) {
    return new TryAgain(
        database.unavailable(
            "Store "
                + storeName
                + ": a commit "
                + (unknown ? "has no confirmation, it may have landed" : "was not made"),
            cause),
        unknown);
  }

  private SQLException describe(SQLException e, Commit commit) {
    return new SQLException(
        "Store "
            + storeName
            + " in "
            + database.source()
            + ": the database refuses commit "
            + commit.version()
            + ": "
            + Messages.of(e),
        e.getSQLState(),
        e.getErrorCode(),
        e);
  }

  /** One try. */
  private final class Attempt {
    private final Handle handle;
    private final Commit commit;
    private @Nullable EntryWriter writer;
    private boolean sent;

    Attempt(Handle handle, Commit commit) {
      this.handle = handle;
      this.commit = commit;
    }

    CommitResult run(boolean mayHaveLanded) throws SQLException {
      handle.getConnection().setAutoCommit(false);
      if (mayHaveLanded || rowMayBeHeld) {
        StoreRow row = rowLock.lock(handle, store);
        if (!expected(row)) {
          return conclude(row);
        }
      }
      if (!fence()) {
        return conclude(StoreRow.byId(handle, store));
      }
      Rejected rejected = write();
      if (rejected != null) {
        database.abandon(handle);
        return rejected;
      }
      sent = true;
      handle.getConnection().commit();
      handle.getConnection().setAutoCommit(true);
      return durable();
    }

    private boolean expected(@Nullable StoreRow row) {
      return row != null && row.epoch() == commit.epoch() && row.seq() == commit.version() - 1;
    }

    private boolean fence() {
      return handle.execute(
              FENCE,
              commit.version(),
              commit.commitId(),
              commit.committedAt().toString(),
              commit.release(),
              store,
              commit.epoch(),
              commit.version() - 1)
          == 1;
    }

    private CommitResult conclude(@Nullable StoreRow row) throws SQLException {
      boolean builtOn = row != null && row.epoch() != commit.epoch() && successorBuiltOnIt();
      database.abandon(handle);
      if (row != null && row.epoch() == commit.epoch() && commit.commitId().equals(row.commitId())
          || builtOn) {
        sent = true; // it is there; only whether it is on the disk is open
        return durable();
      }
      if (row != null && row.epoch() != commit.epoch()) {
        String owner = row.describeOwner();
        return new Fenced(owner == null ? "an unknown owner" : owner, row.epoch());
      }
      return new Rejected(null, new IllegalStateException(strange(row)));
    }

    private boolean successorBuiltOnIt() {
      return handle
          .createQuery(
              "SELECT base_commit_id FROM pagurus_epoch WHERE store = ? AND epoch > ?"
                  + " ORDER BY epoch")
          .bind(0, store)
          .bind(1, commit.epoch())
          .setMaxRows(1)
          .map((row, context) -> commit.commitId().equals(row.getObject(1, UUID.class)))
          .findFirst()
          .orElse(false);
    }

    private String strange(@Nullable StoreRow row) {
      return "Store "
          + storeName
          + " in "
          + database.source()
          + ": commit "
          + commit.version()
          + " of epoch "
          + commit.epoch()
          + " does not follow what is stored, "
          + (row == null ? "nothing at all" : "commit " + row.seq() + " of the same epoch")
          + ". The tables were changed or replaced from outside (a backup restored under a running"
          + " store?). Restart this process; it continues from what is stored.";
    }

    private CommitResult durable() throws SQLException {
      if (forceFailure != null) {
        throw new SQLException(
            "forcing the disk failed earlier ("
                + Messages.of(forceFailure)
                + "), and what it lost then cannot be forced again; check the disk and restart"
                + " this process",
            forceFailure);
      }
      try {
        database.force(handle);
      } catch (SQLException e) {
        SqlFailure failure = SqlFailure.of(e);
        if (failure != SqlFailure.CONNECTION
            && failure != SqlFailure.BUSY
            && !SqlFailure.isFailedWrite(e)) {
          forceFailure = e;
        }
        throw e;
      }
      return new Committed();
    }

    private @Nullable Rejected write() throws SQLException {
      CheckpointBook book = new CheckpointBook(handle, store);
      long copyUpTo = book.newest();
      for (Checkpoint checkpoint : commit.newCheckpoints()) {
        if (checkpoint.version() < commit.version()) {
          copyUpTo = Math.max(copyUpTo, checkpoint.version()); // the state before a restore
        }
      }
      EntryWriter entries =
          new EntryWriter(handle.getConnection(), store, commit.version(), copyUpTo);
      writer = entries;
      if (commit.restoreTo() != null) {
        OptionalLong target = book.version(commit.restoreTo());
        if (target.isEmpty()) {
          return new Rejected(
              null,
              new IllegalArgumentException(
                  "Store " + storeName + " has no checkpoint " + commit.restoreTo()));
        }
        entries.restore(target.getAsLong());
      }
      for (int space : commit.clears()) {
        entries.clear(space);
      }
      if (!commit.changes().isEmpty()) {
        entries.apply(commit.changes());
      }
      entries.writeCounts();
      for (Checkpoint checkpoint : commit.newCheckpoints()) {
        book.add(checkpoint);
      }
      for (String id : commit.droppedCheckpoints()) {
        book.drop(id, commit.version());
        purging = true;
      }
      if (purging) {
        purging = book.purge();
      }
      return null;
    }
  }
}
