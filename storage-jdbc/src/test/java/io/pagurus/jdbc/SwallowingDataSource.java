package io.pagurus.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/** Connections whose COMMIT loses its answer, once, when asked to. */
final class SwallowingDataSource extends ForwardingDataSource {
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

  SwallowingDataSource(DataSource real) {
    super(real);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = super.getConnection();
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
}
