package io.pagurus.jdbc;

import java.sql.SQLException;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/** What an {@link SQLException} of H2 means for us. */
enum SqlFailure {
  /** The connection or the database behind it is gone; what was sent may have arrived. */
  CONNECTION,
  /** Try again: a lock was not to be had in time, a dead-lock, a cancelled statement. */
  BUSY,
  /** The content is refused: SQLState class 22 or 23. */
  DATA,
  /** Another process has the embedded database open. */
  IN_USE,
  /** The database file is damaged. */
  DAMAGED,
  /** The database file is of another version of H2. */
  FILE_VERSION,
  /** There is no database, and none may be created. */
  NO_DATABASE,
  /** User name or password. */
  LOGIN,
  OTHER;

  static SqlFailure of(SQLException e) {
    switch (e.getErrorCode()) {
      case 90067: // connection broken
      case 90098: // database has been closed
      case 90121: // database is already closed
      case 90007: // object is closed
      case 90135: // exclusive mode
        return CONNECTION;
      case 50200: // lock timeout
      case 40001: // dead-lock
      case 90131: // concurrent update
      case 57014: // cancelled, also by a query timeout
        return BUSY;
      case 90020:
        return IN_USE;
      case 90030:
        return DAMAGED;
      case 90048:
        return FILE_VERSION;
      case 90013: // at a place that was given
      case 90146: // with IFEXISTS
      case 90149: // on a server that creates none
        return NO_DATABASE;
      case 28000:
        return LOGIN;
      default:
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("08")) {
          return CONNECTION;
        }
        if (state.startsWith("22") || state.startsWith("23")) {
          return DATA;
        }
        return state.startsWith("40") ? BUSY : OTHER;
    }
  }

  /**
   * Whether H2 could not hand its data to the operating system, as on a full disk. It then closes
   * its database, and the next connection opens it as it is in the file: nothing is lost unnoticed,
   * unlike after a force that failed.
   */
  static boolean isFailedWrite(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof MVStoreException store
          && store.getErrorCode() == DataUtils.ERROR_WRITING_FAILED
          && String.valueOf(store.getMessage()).startsWith("Writing to ")) {
        return true;
      }
    }
    return false;
  }

  /** The first {@link SQLException} among {@code e} and its causes, or null. */
  static @Nullable SQLException in(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  /** The {@link SQLException} inside, so that nothing of Jdbi's own message gets into ours. */
  static SQLException unwrap(Throwable e) {
    SQLException sql = in(e);
    return sql == null ? new SQLException(e.toString(), e) : sql;
  }
}
