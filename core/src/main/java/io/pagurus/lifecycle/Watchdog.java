package io.pagurus.lifecycle;

import io.pagurus.ShutdownReport.Trigger;
import io.pagurus.internal.engine.StoreThreads;
import java.util.concurrent.CompletableFuture;

/**
 * Ends a JVM that should have ended by itself: hooks of others can hang for ever, and {@code
 * Runtime.halt} works always. Thread-safe.
 */
final class Watchdog {
  private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

  private Watchdog() {}

  /** Halts at {@code haltAt}, by the clock of {@code waiting}, unless it is cancelled. */
  static Watchdog start(Jvm jvm, Waiting waiting, Trigger trigger, long haltAt) {
    Watchdog watchdog = new Watchdog();
    new StoreThreads("shutdown", "watchdog")
        .newThread(
            () -> {
              waiting.await(watchdog.cancelled, Math.max(0, haltAt - waiting.nanoTime()));
              if (!watchdog.cancelled.isDone()) {
                jvm.stderr()
                    .println(
                        "[pagurus] ERROR The process has not ended by its deadline: halted. Something"
                            + " else hangs, a shutdown hook most likely.");
                jvm.halt(status(trigger));
              }
            })
        .start();
    return watchdog;
  }

  void cancel() {
    cancelled.complete(null);
  }

  /** What the signal would have led to; the status of {@code System.exit} cannot be known. */
  private static int status(Trigger trigger) {
    return switch (trigger) {
      case SIGTERM -> 143;
      case SIGINT -> 130;
      default -> 1;
    };
  }
}
