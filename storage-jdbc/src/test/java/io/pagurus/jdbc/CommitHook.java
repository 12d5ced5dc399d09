package io.pagurus.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections that do something, once, in the middle of a transaction: right before its COMMIT. */
final class CommitHook extends ForwardingDataSource {
  private final AtomicReference<@Nullable Runnable> next = new AtomicReference<>();

  CommitHook(DataSource real) {
    super(real);
  }

  /** {@code action} runs before the COMMIT that comes next, and no other. */
  void beforeNext(Runnable action) {
    next.set(action);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = super.getConnection();
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
}
