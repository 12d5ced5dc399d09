package io.pagurus.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a user's {@link DataSource}. Each is borrowed for one call and given back with the
 * settings it came with. A {@code getConnection} that hangs is waited for only so long; when it
 * comes back later, its connection goes straight back.
 *
 * <p>Lock: {@code lent} guards itself; no I/O under it.
 */
final class BorrowedConnections implements Connections {
  /** More would take the user's pool away from the user. */
  private static final int MAX = 4;

  private record Prior(boolean autoCommit, int isolation, int lockMillis, int networkMillis) {}

  private final DataSource dataSource;
  private final @Nullable String url;
  private final int lockMillis;
  private final Semaphore permits = new Semaphore(MAX, true);
  private final Map<Connection, Prior> lent = new IdentityHashMap<>();

  BorrowedConnections(DataSource dataSource) {
    this.dataSource = dataSource;
    this.url = url(dataSource);
    this.lockMillis = url == null ? LOCK_MILLIS : Connections.lockMillis(url);
  }

  private static @Nullable String url(DataSource dataSource) {
    try {
      return dataSource.isWrapperFor(JdbcDataSource.class)
          ? dataSource.unwrap(JdbcDataSource.class).getURL()
          : null;
    } catch (SQLException e) {
      return null; // it does not say what it wraps
    }
  }

  /**
   * What the network is waited for can be seen only in the URL; here it is, where that is known.
   */
  boolean maySilenceBeEndless() {
    return url == null || !Connections.NETWORK_TIMEOUT.matcher(url).find();
  }

  @Override
  public Connection openConnection() throws SQLException {
    Deadline deadline = Deadline.in(java.time.Duration.ofMillis(BORROW_MILLIS));
    boolean ok = false;
    Connection connection = null;
    acquirePermit();
    try {
      connection = borrow(deadline);
      Prior prior = prepare(connection);
      synchronized (lent) {
        lent.put(connection, prior);
      }
      ok = true;
      return connection;
    } finally {
      if (!ok) {
        permits.release();
        if (connection != null) {
          Quietly.close(connection);
        }
      }
    }
  }

  private void acquirePermit() throws SQLException {
    try {
      if (permits.tryAcquire(BORROW_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted while waiting for a connection", e);
    }
    throw new SQLTransientConnectionException(
        "all " + MAX + " connections of this store were busy for " + BORROW_MILLIS + " ms");
  }

  /** On a thread of its own, because nothing else can bound somebody else's code. */
  private Connection borrow(Deadline deadline) throws SQLException {
    CompletableFuture<Connection> borrowed = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                Connection connection = dataSource.getConnection();
                if (!borrowed.complete(connection)) {
                  Quietly.close(connection); // nobody waits for it any more
                }
              } catch (Throwable e) {
                borrowed.completeExceptionally(e);
              }
            },
            "pagurus-jdbc-borrow");
    thread.setDaemon(true);
    thread.start();
    try {
      return borrowed.get(deadline.leftMillis(BORROW_MILLIS), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return afterGivingUp(
          borrowed,
          new SQLTransientConnectionException(
              "the DataSource gave no connection within " + BORROW_MILLIS + " ms", e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return afterGivingUp(
          borrowed,
          new SQLTransientConnectionException("interrupted while waiting for a connection", e));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException sql) {
        throw sql;
      }
      throw new SQLTransientConnectionException("the DataSource failed", e.getCause());
    }
  }

  private static Connection afterGivingUp(
      CompletableFuture<Connection> borrowed, SQLException reason) throws SQLException {
    if (borrowed.completeExceptionally(reason)) {
      throw reason;
    }
    return borrowed.join(); // it came in the last moment
  }

  private Prior prepare(Connection connection) throws SQLException {
    Prior prior =
        new Prior(
            connection.getAutoCommit(),
            connection.getTransactionIsolation(),
            lockMillis(connection),
            networkMillis(connection));
    connection.setAutoCommit(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    setLockMillis(connection, lockMillis);
    if (prior.networkMillis() >= 0) {
      connection.setNetworkTimeout(Runnable::run, NETWORK_MILLIS);
    }
    return prior;
  }

  private static int lockMillis(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("CALL LOCK_TIMEOUT()")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void setLockMillis(Connection connection, int millis) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCK_TIMEOUT " + millis);
    }
  }

  /** The network timeout, or -1 where the driver or the pool has none. */
  private static int networkMillis(Connection connection) throws SQLException {
    try {
      return connection.getNetworkTimeout();
    } catch (SQLFeatureNotSupportedException e) {
      return -1;
    }
  }

  @Override
  public void closeConnection(Connection connection) throws SQLException {
    Prior prior = takeBack(connection);
    if (prior == null) {
      return; // discarded
    }
    try (connection) {
      connection.setAutoCommit(prior.autoCommit());
      connection.setTransactionIsolation(prior.isolation());
      setLockMillis(connection, prior.lockMillis());
      if (prior.networkMillis() >= 0) {
        connection.setNetworkTimeout(Runnable::run, prior.networkMillis());
      }
    } finally {
      permits.release();
    }
  }

  @Override
  public void discard(Connection connection) {
    if (takeBack(connection) == null) {
      return;
    }
    try {
      connection.abort(Runnable::run); // tells a pool not to lend it again
    } catch (SQLException e) {
      // a driver that cannot abort: closing is all there is
    } finally {
      Quietly.close(connection);
      permits.release();
    }
  }

  private @Nullable Prior takeBack(Connection connection) {
    synchronized (lent) {
      return lent.remove(connection);
    }
  }

  @Override
  public void forgetIdle() {
    // the user's pool decides what it keeps
  }

  @Override
  public void close() {
    // the user's DataSource is the user's
  }
}
