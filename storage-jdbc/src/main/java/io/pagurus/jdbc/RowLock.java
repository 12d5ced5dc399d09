package io.pagurus.jdbc;

import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Locks the row of a store against a session that sits on it for as long as the server keeps its
 * connection: that of a former owner who was frozen in the middle of a commit, or one of our own
 * whose line broke.
 *
 * <p>While the lock is waited for, a helper thread asks H2 who is in the way. A session that holds
 * the row and has done nothing for {@link #IDLE_MILLIS} is ended, which rolls its commit back; one
 * that is at work is left alone. Where the user may not do that, {@link #lastBlocker} names it.
 */
final class RowLock {
  /** A living owner sends the statements of one commit back to back. */
  private static final long IDLE_MILLIS = 2_000;

  private static final long POLL_MILLIS = 250;

  private static final String BLOCKER =
      "SELECT b.session_id, b.client_addr, b.session_start, b.session_state,"
          + " DATEDIFF(MILLISECOND, b.sleep_since, CURRENT_TIMESTAMP)"
          + " FROM INFORMATION_SCHEMA.SESSIONS w"
          + " JOIN INFORMATION_SCHEMA.SESSIONS b ON b.session_id = w.blocker_id"
          + " WHERE w.session_id = ?";

  private record Blocker(int session, String description, boolean idle) {}

  private final Database database;
  private final String storeName;
  private final AtomicReference<@Nullable String> lastBlocker = new AtomicReference<>();

  RowLock(Database database, String storeName) {
    this.database = database;
    this.storeName = storeName;
  }

  /** Who was last seen in the way, as a sentence. */
  Optional<String> lastBlocker() {
    return Optional.ofNullable(lastBlocker.get());
  }

  StoreRow lock(Handle handle, int store) throws SQLException {
    int session = handle.createQuery("SELECT SESSION_ID()").mapTo(Integer.class).one();
    Watch watch = new Watch(session);
    Thread thread = new Thread(watch, "pagurus-jdbc-row-lock-" + storeName);
    thread.setDaemon(true);
    thread.start();
    try {
      StoreRow row = StoreRow.lock(handle, store);
      if (row == null) {
        throw new SQLException("the row of store " + storeName + " was deleted", "02000");
      }
      return row;
    } catch (JdbiException e) {
      throw SqlFailure.unwrap(e);
    } finally {
      watch.done = true;
      LockSupport.unpark(thread);
    }
  }

  /** Runs beside one wait. */
  private final class Watch implements Runnable {
    private final int session;
    private volatile boolean done;

    Watch(int session) {
      this.session = session;
    }

    @Override
    public void run() {
      for (; ; ) {
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        if (done) {
          return;
        }
        try {
          database.run(this::look);
        } catch (SQLException e) {
          lastBlocker.set(
              "Who holds its row could not be found out or ended: " + Messages.of(e) + ".");
        }
      }
    }

    private void look(Handle handle) {
      Optional<Blocker> found =
          handle
              .createQuery(BLOCKER)
              .bind(0, session)
              .map(
                  (row, context) ->
                      new Blocker(
                          row.getInt(1),
                          "H2 session "
                              + row.getInt(1)
                              + (row.getString(2) == null ? "" : " of " + row.getString(2))
                              + " since "
                              + row.getString(3),
                          "SLEEP".equals(row.getString(4)) && row.getLong(5) >= IDLE_MILLIS))
              .findFirst();
      if (found.isEmpty() || done) {
        return;
      }
      Blocker blocker = found.get();
      lastBlocker.set("Its row is held by " + blocker.description() + ".");
      if (blocker.idle()) {
        handle
            .createQuery("SELECT ABORT_SESSION(?)")
            .bind(0, blocker.session())
            .mapTo(Boolean.class)
            .one();
        lastBlocker.set("Its row was held by the idle " + blocker.description() + ", now ended.");
      }
    }
  }
}
