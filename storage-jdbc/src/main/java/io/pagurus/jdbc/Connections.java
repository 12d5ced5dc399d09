package io.pagurus.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Where connections come from. Those it hands out are in auto-commit mode, READ COMMITTED, with a
 * bounded lock wait and network wait. Thread-safe; every call is bounded.
 */
interface Connections extends ConnectionFactory, AutoCloseable {
  /** How long a caller waits for a connection. */
  long BORROW_MILLIS = 10_000;

  /** How long a statement waits for a row that another transaction holds. */
  int LOCK_MILLIS = 5_000;

  /**
   * How long a connection waits for the server to say anything. It bounds every call to a server,
   * so the longest statement (clear and restore of a large store) has to fit in.
   */
  int NETWORK_MILLIS = 60_000;

  /** Takes a connection back whose state is unknown, and never hands it out again. */
  void discard(Connection connection);

  /** Throws away what waits for its next use, because the database seems to be another one now. */
  void forgetIdle();

  @Override
  void closeConnection(Connection connection) throws SQLException;

  @Override
  void close();
}
