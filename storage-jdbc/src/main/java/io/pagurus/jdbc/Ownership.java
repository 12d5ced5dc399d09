package io.pagurus.jdbc;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreInUseException;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StoreHead;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Becomes the owner of a store. Used once, by one thread.
 *
 * <p>When the former owner is gone for certain (it said goodbye, it was this process and is closed,
 * or the operating system knows it no more) nothing is waited for. Otherwise {@link
 * OwnershipPolicy} decides; a waiting successor watches the row of the store, which every commit
 * changes, for one lease of its own monotonic clock. Being wrong about a silent owner costs that
 * owner its store, but no commit: the take-over locks the row that every commit changes first.
 */
final class Ownership {
  private static final long POLL_MILLIS = 100;

  /** Clocks of the kernel are read a little differently each time. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

  private static final String TAKE =
      "UPDATE pagurus_store SET epoch = ?, released = FALSE, owner_id = ?, owner_pid = ?,"
          + " owner_host = ?, owner_pid_space = ?, owner_process_start = ?, owner_opened_at = ?"
          + " WHERE id = ?";

  private final Database database;
  private final BackendRequest request;
  private final Deadline deadline;
  private final OwnerId self;
  private final RowLock rowLock;

  Ownership(Database database, BackendRequest request, Deadline deadline) {
    this.database = database;
    this.request = request;
    this.deadline = deadline;
    this.self = request.self();
    this.rowLock = new RowLock(database, request.storeName());
  }

  /** The row of the store before, and the head to answer. */
  record Taken(StoreRow before, StoreHead head) {}

  Taken take() throws SQLException {
    StoreRow seen = null;
    StoreRow tried = null;
    long entries = 0;
    Deadline silentUntil = Deadline.in(request.lease());
    SQLException last = null;
    for (; ; ) {
      StoreRow row = database.read(this::readOrCreate);
      if (row.owner() != null && row.owner().id().equals(self.id()) && tried != null) {
        return new Taken(tried, tried.head(row.epoch(), entries)); // the answer had been lost
      }
      if (!row.sameMoment(seen)) {
        seen = row;
        silentUntil = Deadline.in(request.lease());
      }
      boolean free = isFree(row);
      // An owner that the file lock vouches for has no heartbeat: its silence says nothing.
      boolean silent = !database.exclusive() && silentUntil.passed();
      if (!free && request.policy() == OwnershipPolicy.FAIL) {
        throw inUse(row, "The policy is FAIL, so nothing was waited for.", null);
      }
      if (free || silent || request.policy() == OwnershipPolicy.TAKE_OVER) {
        StoreRow expected = request.policy() == OwnershipPolicy.TAKE_OVER ? null : row;
        tried = row;
        int id = row.id();
        entries = database.<Long>read(handle -> EntryCount.of(handle, id));
        try {
          Taken taken = tryTake(row.id(), expected);
          if (taken != null) {
            return taken;
          }
        } catch (SQLException e) {
          SqlFailure failure = SqlFailure.of(e);
          if (failure != SqlFailure.BUSY && failure != SqlFailure.CONNECTION) {
            throw e;
          }
          last = e;
        }
      }
      if (deadline.passed()) {
        throw inUse(
            row,
            "Waited "
                + request.maxOwnershipWait()
                + " (maxOwnershipWait)."
                + rowLock.lastBlocker().map(text -> " " + text).orElse(""),
            last);
      }
      deadline.pause(Math.min(POLL_MILLIS, Math.max(1, request.lease().toMillis() / 4)));
    }
  }

  private StoreRow readOrCreate(Handle handle) {
    for (; ; ) {
      StoreRow row = StoreRow.byName(handle, request.storeName());
      if (row != null) {
        return row;
      }
      try {
        handle.execute(
            "INSERT INTO pagurus_store (name, epoch, seq, released) VALUES (?, 0, 0, FALSE)",
            request.storeName());
      } catch (JdbiException e) {
        if (SqlFailure.of(SqlFailure.unwrap(e)) != SqlFailure.DATA) {
          throw e;
        }
        // somebody else was faster: read theirs
      }
    }
  }

  private @Nullable Taken tryTake(int store, @Nullable StoreRow expected) throws SQLException {
    try (Handle handle = database.borrow()) {
      try {
        handle.getConnection().setAutoCommit(false);
        StoreRow row = rowLock.lock(handle, store);
        boolean changed = expected != null && !row.sameMoment(expected);
        if (changed || row.owner() != null && row.owner().id().equals(self.id())) {
          database.abandon(handle);
          return null;
        }
        long entries = EntryCount.of(handle, store);
        long epoch = row.epoch() + 1;
        handle.execute(
            TAKE,
            epoch,
            self.id(),
            self.pid(),
            self.host(),
            self.pidSpace(),
            self.processStart().toString(),
            self.openedAt().toString(),
            store);
        handle.execute(
            "INSERT INTO pagurus_epoch (store, epoch, base_seq, base_commit_id, owner_id, owner)"
                + " VALUES (?, ?, ?, ?, ?, ?)",
            store,
            epoch,
            row.seq(),
            row.commitId(),
            self.id(),
            self.describe());
        handle.getConnection().commit();
        handle.getConnection().setAutoCommit(true);
        database.force(handle);
        return new Taken(row, row.head(epoch, entries));
      } catch (SQLException | JdbiException e) {
        SQLException cause = SqlFailure.unwrap(e);
        if (SqlFailure.of(cause) == SqlFailure.CONNECTION) {
          database.discard(handle);
        } else {
          database.abandon(handle);
        }
        throw cause;
      }
    }
  }

  /** Whether the former owner is gone for certain. */
  private boolean isFree(StoreRow row) {
    OwnerId owner = row.owner();
    if (owner == null || row.released()) {
      return true;
    }
    boolean sameSpace = !owner.pidSpace().isEmpty() && owner.pidSpace().equals(self.pidSpace());
    if (sameSpace && owner.pid() == self.pid() && sameStart(owner.processStart())) {
      return !LiveOwners.contains(owner.id());
    }
    if (database.exclusive() && !LiveOwners.contains(owner.id())) {
      return true; // H2's file lock is ours, so no other process has the database open
    }
    return owner.isProvenDead(self);
  }

  private boolean sameStart(Instant start) {
    return Duration.between(start, self.processStart()).abs().compareTo(START_TOLERANCE) <= 0;
  }

  private StoreInUseException inUse(StoreRow row, String why, @Nullable SQLException cause) {
    String owner = row.describeOwner();
    return new StoreInUseException(
        "Store "
            + request.storeName()
            + " in "
            + database.source()
            + " is owned by "
            + (owner == null ? "nobody" : owner)
            + (row.committedAt() == null ? "" : ", last commit at " + row.committedAt())
            + ". "
            + why
            + (cause == null ? "" : " The last try to take over said: " + Messages.of(cause) + ".")
            + " Stop that process, wait longer, or take over with OwnershipPolicy.TAKE_OVER.",
        cause);
  }
}
