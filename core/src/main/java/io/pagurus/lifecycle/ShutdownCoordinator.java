package io.pagurus.lifecycle;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.internal.engine.Deadline;
import io.pagurus.internal.engine.StoreThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops every open store when the process is asked to end. One for each JVM (class loader).
 * Thread-safe.
 *
 * <p>For SIGTERM and SIGINT it runs before the JVM starts its shutdown hooks, so before a pool or a
 * database is taken away by somebody else's hook, and then lets the handler go on that was there
 * before. For everything else ({@code System.exit}, the last thread ended) there is a hook, which
 * runs beside all others. Both are there while a store is open, and no longer.
 *
 * <p>All stores are stopped at the same time, each with its own budget, so the whole takes as long
 * as the longest. A second signal meanwhile finds the stores closing and waits for them.
 */
public final class ShutdownCoordinator {
  private static final Logger log = LoggerFactory.getLogger(ShutdownCoordinator.class);
  private static final Object LOCK = new Object();

  @GuardedBy("LOCK")
  private static final Set<Stoppable> OPEN = new LinkedHashSet<>();

  /** Those of {@link #OPEN} whose stop has begun: the hook comes after the handler of a signal. */
  @GuardedBy("LOCK")
  private static final Set<Stoppable> STOPPING = new LinkedHashSet<>();

  @GuardedBy("LOCK")
  private static @Nullable Thread hook;

  @GuardedBy("LOCK")
  private static @Nullable SignalChain signals;

  private ShutdownCoordinator() {}

  /** From now on a stop of the process stops {@code store}, too. */
  public static void register(Stoppable store) {
    synchronized (LOCK) {
      OPEN.add(store);
      if (hook == null) {
        Thread added = new Thread(() -> stopAll("the end of the JVM"), "pagurus-shutdown-hook");
        try {
          Runtime.getRuntime().addShutdownHook(added);
          hook = added;
          signals = SignalChain.install(signal -> stopAll(signal));
        } catch (IllegalStateException e) {
          log.warn("A store was opened while the JVM ends: close it yourself.");
        }
      }
    }
  }

  /** {@code store} is closed; with the last one hook and handlers go, too. */
  public static void unregister(Stoppable store) {
    synchronized (LOCK) {
      STOPPING.remove(store);
      if (!OPEN.remove(store) || !OPEN.isEmpty()) {
        return;
      }
      if (signals != null) {
        signals.uninstall();
        signals = null;
      }
      if (hook != null) {
        try {
          Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
          log.debug("The JVM ends already, the hook stays.", e);
        }
        hook = null;
      }
    }
  }

  /** Stops everything that is open and returns when that is done or its time is over. */
  private static void stopAll(String why) {
    List<Stoppable> stores;
    int news;
    synchronized (LOCK) {
      stores = new ArrayList<>(OPEN);
      int known = STOPPING.size();
      STOPPING.addAll(stores);
      news = STOPPING.size() - known;
    }
    if (stores.isEmpty()) {
      return;
    }
    if (news > 0) {
      log.info("Stopping {} store(s): {}.", news, why);
    }
    StoreThreads threads = new StoreThreads("shutdown", "stop");
    List<Thread> stopping = new ArrayList<>();
    Duration longest = Duration.ZERO;
    for (Stoppable store : stores) {
      Deadline deadline = Deadline.in(store.budget());
      Thread thread = threads.newThread(() -> store.stopBy(deadline));
      thread.start();
      stopping.add(thread);
      longest = store.budget().compareTo(longest) > 0 ? store.budget() : longest;
    }
    // A little longer than the stores themselves: they report what they could not save.
    Deadline all = Deadline.in(longest.plusMillis(500));
    for (Thread thread : stopping) {
      join(thread, all);
    }
  }

  private static void join(Thread thread, Deadline deadline) {
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline.leftNanos()));
    } catch (InterruptedException e) {
      // The thread of a signal or a hook: nobody else needs its flag, and the stop must go on.
      log.debug("Interrupted while stopping; going on.", e);
    }
  }
}
