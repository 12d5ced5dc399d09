package io.pagurus.jdbc;

import io.pagurus.StateCounter;
import io.pagurus.StateStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;

/**
 * A service that is not alone in its JVM: it has an H2 of its own beside the store, which H2 closes
 * in its shutdown hook, and a hook that closes its "pool" and does so while ours saves. It counts
 * and says {@code A n} when a count has returned. On the line {@code exit} it calls {@code
 * System.exit(7)}.
 */
final class BusyService {
  private BusyService() {}

  public static void main(String[] args) throws Exception {
    // H2's own hook is registered, because this database is opened with H2's defaults.
    Connection own = DriverManager.getConnection("jdbc:h2:" + args[1], "sa", "");
    try (Statement statement = own.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS mine (n BIGINT)");
    }
    StateStore store =
        StateStore.builder().url(args[0]).commitInterval(java.time.Duration.ofMinutes(5)).open();
    StateCounter counter = store.counter("count");
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    own.close();
                  } catch (java.sql.SQLException e) {
                    System.out.println("POOL " + e);
                  }
                },
                "pool-shutdown"));
    Thread worker =
        new Thread(
            () -> {
              while (true) {
                long n = counter.increment();
                System.out.println("A " + n);
              }
            },
            "worker");
    worker.setDaemon(true);
    worker.setUncaughtExceptionHandler((thread, e) -> System.out.println("END " + e.getMessage()));
    worker.start();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if ("exit".equals(in.readLine())) {
      System.exit(7);
    }
  }
}
