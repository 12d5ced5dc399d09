package io.pagurus.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Where connections come from. Those it hands out are in auto-commit mode, READ COMMITTED, with a
 * bounded lock wait and network wait. Thread-safe; every call is bounded.
 */
interface Connections extends ConnectionFactory, AutoCloseable {
  Pattern NETWORK_TIMEOUT = Pattern.compile("(?i);\\s*NETWORK_TIMEOUT\\s*=\\s*(\\d{1,9})");

  /** How long a caller waits for a connection. */
  long BORROW_MILLIS = 10_000;

  /** How long a statement waits for a row that another transaction holds. */
  int LOCK_MILLIS = 5_000;

  /**
   * How long a connection waits for the server to say anything. It bounds every call to a server,
   * so the longest statement (clear and restore of a large store) has to fit in.
   */
  int NETWORK_MILLIS = 60_000;

  /**
   * How long a statement on a connection of {@code url} waits for a row: less than the network is
   * waited for, or the client would leave while its session still queues for the row at the server.
   */
  static int lockMillis(String url) {
    Matcher timeout = NETWORK_TIMEOUT.matcher(url);
    if (!timeout.find()) {
      return LOCK_MILLIS;
    }
    int network = Integer.parseInt(timeout.group(1));
    return network <= 0 ? LOCK_MILLIS : Math.max(1, Math.min(LOCK_MILLIS, network / 2));
  }

  /** Takes a connection back whose state is unknown, and never hands it out again. */
  void discard(Connection connection);

  /** Throws away what waits for its next use, because the database seems to be another one now. */
  void forgetIdle();

  @Override
  void closeConnection(Connection connection) throws SQLException;

  @Override
  void close();
}
