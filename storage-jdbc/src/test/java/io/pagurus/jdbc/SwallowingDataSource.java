package io.pagurus.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Connections whose COMMIT loses its answer, once, when asked to. */
final class SwallowingDataSource implements DataSource {
  enum Fault {
    NONE,
    /** The server commits, the client hears nothing. */
    LANDS,
    /** The request is lost: the server rolls back. */
    IS_LOST,
    /** The server refuses with a serialization failure. */
    CONFLICTS
  }

  final AtomicReference<Fault> next = new AtomicReference<>(Fault.NONE);
  private final DataSource real;

  SwallowingDataSource(DataSource real) {
    this.real = real;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = real.getConnection();
    return (Connection)
        Proxy.newProxyInstance(
            SwallowingDataSource.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                commit(connection);
                return null;
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void commit(Connection connection) throws SQLException {
    switch (next.getAndSet(Fault.NONE)) {
      case NONE -> connection.commit();
      case LANDS -> {
        connection.commit();
        connection.close();
        throw new SQLException("the answer is lost", "08006");
      }
      case IS_LOST -> {
        connection.close();
        throw new SQLException("the request is lost", "08006");
      }
      case CONFLICTS -> {
        connection.rollback();
        throw new SQLException("could not serialize", "40001");
      }
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return real.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    real.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    real.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return real.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return real.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return real.isWrapperFor(type);
  }
}
