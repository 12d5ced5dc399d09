package io.pagurus.internal.engine;

import io.pagurus.ShutdownReport;
import java.util.concurrent.CompletableFuture;

/** The wish to let go of storage until {@link #resumed}. Thread-safe. */
final class SuspendWish extends ExclusiveWish {
  private final ShutdownReport report;
  private final CompletableFuture<Void> resumed = new CompletableFuture<>();

  SuspendWish(ShutdownReport report) {
    this.report = report;
  }

  /** What the goodbye carries. */
  ShutdownReport report() {
    return report;
  }

  /** Complete when there is storage again. */
  CompletableFuture<Void> resumed() {
    return resumed;
  }
}
