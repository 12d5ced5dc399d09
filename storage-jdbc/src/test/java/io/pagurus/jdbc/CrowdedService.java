package io.pagurus.jdbc;

import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.hook.DefaultShutdownHook;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pagurus.StateCounter;
import io.pagurus.StateStore;
import io.pagurus.lifecycle.Shutdown;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;

/**
 * A service with a crowd of shutdown hooks: an H2 of its own with H2's hook, a Hikari pool that is
 * the store's {@code DataSource} and is closed in a hook, and Logback's hook. Says {@code A n} when
 * a count has returned, and when the store is saved, {@code SAVED saved released} and how the
 * others are then.
 */
final class CrowdedService {
  private CrowdedService() {}

  public static void main(String[] args) throws Exception {
    Connection own = DriverManager.getConnection("jdbc:h2:" + args[1], "sa", "");
    try (Statement statement = own.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS mine (n BIGINT)");
    }
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:" + args[0]);
    config.setUsername("sa");
    HikariDataSource pool = new HikariDataSource(config);
    Runtime.getRuntime().addShutdownHook(new Thread(pool::close, "pool-hook"));
    ContextBase logback = new ContextBase();
    logback.start();
    DefaultShutdownHook logbackHook = new DefaultShutdownHook();
    logbackHook.setContext(logback);
    Runtime.getRuntime().addShutdownHook(new Thread(logbackHook, "logback-hook"));

    StateStore store =
        StateStore.builder()
            .backend(JdbcStorage.of(pool))
            .commitInterval(Duration.ofMinutes(5))
            .open();
    StateCounter counter = store.counter("count");
    Shutdown.onAfter(
        "look around",
        reports -> {
          System.out.println("SAVED " + reports.get(0).saved() + " " + reports.get(0).released());
          System.out.println("H2 " + isUsable(own));
          System.out.println("POOL " + !pool.isClosed());
          System.out.println("LOGBACK " + logback.isStarted());
        });
    while (true) {
      System.out.println("A " + counter.increment());
    }
  }

  private static boolean isUsable(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate("INSERT INTO mine VALUES (1)") == 1;
    } catch (java.sql.SQLException e) {
      return false;
    }
  }
}
