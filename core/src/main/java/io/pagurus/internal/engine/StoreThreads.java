package io.pagurus.internal.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the threads of a store: daemons with a name that says whose they are. Thread-safe.
 *
 * <p>They inherit nothing from whoever happened to need the first one: no context class loader that
 * would be kept alive, no inheritable thread-locals.
 */
public final class StoreThreads implements ThreadFactory {
  private final String prefix;
  private final AtomicInteger count = new AtomicInteger();

  /** Threads called {@code pagurus-<store>-<job>-<n>}. */
  public StoreThreads(String store, String job) {
    this.prefix = "pagurus-" + store + "-" + job + "-";
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(null, task, prefix + count.incrementAndGet(), 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(StoreThreads.class.getClassLoader());
    return thread;
  }
}
