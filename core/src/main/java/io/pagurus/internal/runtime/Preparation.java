package io.pagurus.internal.runtime;

import io.pagurus.internal.engine.Engine;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the classes of the engine and of its JSON library while the storage of the first store of
 * the process is read: several tenths of a second of one core. Whoever needs them earlier waits for
 * them as ever.
 */
final class Preparation implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Preparation.class);
  private static final AtomicBoolean begun = new AtomicBoolean();

  private final @Nullable Thread thread;

  private Preparation(@Nullable Thread thread) {
    this.thread = thread;
  }

  /** Begins, unless that was done before. */
  static Preparation begin() {
    if (!begun.compareAndSet(false, true)) {
      return new Preparation(null);
    }
    Thread thread = new Thread(Preparation::run, "pagurus-preparation");
    thread.setDaemon(true);
    thread.start();
    return new Preparation(thread);
  }

  private static void run() {
    try {
      Engine.prepare();
    } catch (RuntimeException | LinkageError e) {
      log.debug("The engine is loaded later", e); // and whoever opens sees why it cannot be
    }
  }

  /** Waits for its end, so that nothing of it is left when the store is open. */
  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // it ends by itself
      }
    }
  }
}
