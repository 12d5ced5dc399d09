package io.pagurus.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A few connections of our own to an H2 that the URL names. While it is open at least one
 * connection stays open, so that an embedded database is not closed between two calls; closing it
 * closes an embedded database, unless another store in this JVM has it open.
 *
 * <p>Lock: {@code idle} guards the idle connections and {@code closed}; no I/O under it.
 */
final class PooledConnections implements Connections {
  private static final int MAX = 8;

  private final Driver driver = new org.h2.Driver();
  private final String url;
  private final Properties properties;
  private final Semaphore permits = new Semaphore(MAX, true);
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  PooledConnections(String url, Properties properties) {
    this.url = url;
    this.properties = properties;
  }

  @Override
  public Connection openConnection() throws SQLException {
    boolean permitted;
    try {
      permitted = permits.tryAcquire(BORROW_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted while waiting for a connection", e);
    }
    if (!permitted) {
      throw new SQLTransientConnectionException(
          "all " + MAX + " connections were busy for " + BORROW_MILLIS + " ms");
    }
    Connection connection = null;
    try {
      Connection found = takeIdle();
      connection = found == null ? connect() : found;
      return connection;
    } finally {
      if (connection == null) {
        permits.release();
      }
    }
  }

  private @Nullable Connection takeIdle() throws SQLException {
    for (; ; ) {
      Connection connection;
      synchronized (idle) {
        if (closed) {
          throw new SQLTransientConnectionException("the store is closed");
        }
        connection = idle.pollFirst();
      }
      if (connection == null || !connection.isClosed()) {
        return connection;
      }
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = driver.connect(url, properties);
    if (connection == null) {
      throw new SQLException("H2 does not take this URL");
    }
    try {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET LOCK_TIMEOUT " + Connections.lockMillis(url));
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      Quietly.close(connection);
      throw e;
    }
  }

  @Override
  public void closeConnection(Connection connection) throws SQLException {
    try {
      if (connection.isClosed()) {
        return;
      }
      boolean keep;
      synchronized (idle) {
        keep = !closed;
        if (keep) {
          idle.addFirst(connection);
        }
      }
      if (!keep) {
        connection.close();
      }
    } finally {
      permits.release();
    }
  }

  @Override
  public void discard(Connection connection) {
    Quietly.close(connection); // its handle gives the permit back
  }

  @Override
  public void forgetIdle() {
    for (Connection connection : drain(false)) {
      Quietly.close(connection);
    }
  }

  @Override
  public void close() {
    for (Connection connection : drain(true)) {
      Quietly.close(connection);
    }
  }

  private Connection[] drain(boolean forGood) {
    synchronized (idle) {
      closed |= forGood;
      Connection[] all = idle.toArray(new Connection[0]);
      idle.clear();
      return all;
    }
  }
}
