package io.pagurus.testkit.docs;

import com.sun.net.httpserver.HttpServer;
import io.pagurus.Lifecycle;
import io.pagurus.ShutdownReport;
import io.pagurus.StateStore;
import io.pagurus.lifecycle.Shutdown;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What docs/shutdown.md shows. */
final class ShutdownExamples {
  private ShutdownExamples() {}

  static StateStore tasks(String url, AtomicBoolean ready, HttpServer server) {
    StateStore store = StateStore.open(url);
    Shutdown.onAnnounce("readiness", () -> ready.set(false));
    Shutdown.onDrain("requests", () -> server.stop(5));
    Shutdown.onAfter(
        "tell", reports -> reports.forEach(report -> System.err.println(report.describe())));
    return store;
  }

  static StateStore external(String url) {
    StateStore store = StateStore.builder().url(url).lifecycle(Lifecycle.EXTERNAL).open();
    return store;
  }

  static boolean run() {
    List<ShutdownReport> reports = Shutdown.run(Duration.ofSeconds(20));
    return reports.stream().allMatch(ShutdownReport::saved);
  }
}
