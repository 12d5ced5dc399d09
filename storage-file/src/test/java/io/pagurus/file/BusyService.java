package io.pagurus.file;

import io.pagurus.StateCounter;
import io.pagurus.StateStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A service that is not alone in its JVM: another hook runs, and ends slowly, while ours saves. It
 * counts and says {@code A n} when a count has returned. On the line {@code exit} it calls {@code
 * System.exit(7)}.
 */
final class BusyService {
  private BusyService() {}

  public static void main(String[] args) throws Exception {
    StateStore store =
        StateStore.builder().url(args[0]).commitInterval(Duration.ofMinutes(5)).open();
    StateCounter counter = store.counter("count");
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    LockSupport.parkNanos(5_000_000);
                  }
                  System.out.println("OTHER HOOK");
                },
                "other-hook"));
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
