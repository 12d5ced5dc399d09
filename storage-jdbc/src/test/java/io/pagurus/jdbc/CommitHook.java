package io.pagurus.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections that do something, once, in the middle of a transaction: right before its COMMIT. */
final class CommitHook implements DataSource {
  private final DataSource real;
  private final AtomicReference<@Nullable Runnable> next = new AtomicReference<>();

  CommitHook(DataSource real) {
    this.real = real;
  }

  /** {@code action} runs before the COMMIT that comes next, and no other. */
  void beforeNext(Runnable action) {
    next.set(action);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = real.getConnection();
    connection.commit(); // prepares it: from now on COMMIT is one request and one answer
    return (Connection)
        Proxy.newProxyInstance(
            CommitHook.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                Runnable action = next.getAndSet(null);
                if (action != null) {
                  action.run();
                }
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
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
