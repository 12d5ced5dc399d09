package io.pagurus.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;

/** A pool of one connection, whose {@code close} only gives it back. */
final class OneConnection extends ForwardingDataSource {
  private final Connection one;

  OneConnection(DataSource real, Connection one) {
    super(real);
    this.one = one;
  }

  @Override
  public Connection getConnection() {
    return (Connection)
        Proxy.newProxyInstance(
            OneConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                return null;
              }
              try {
                return method.invoke(one, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
