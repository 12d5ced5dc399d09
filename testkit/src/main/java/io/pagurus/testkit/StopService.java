package io.pagurus.testkit;

import io.pagurus.ShutdownReport;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.lifecycle.Shutdown;
import io.pagurus.spi.BackendProvider;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that is made to be stopped. It counts and flushes every now and then; the arguments are
 * the URL, the grace period in seconds, and what is wrong with it.
 *
 * <p>Lines: {@code A n} when a count has returned, {@code D n} when one is durable; {@code
 * DRAINING}, {@code INTERRUPTED}, {@code TASK END} of a drain task; {@code HANGS} when storage
 * hangs, and in the end {@code AFTER saved released used budget} of the report, times in
 * milliseconds.
 */
public final class StopService {
  /** What is wrong with the service. */
  public enum Fault {
    /** Nothing. */
    NONE,
    /** A drain task ends only when it is interrupted. */
    DRAIN_HANGS,
    /** Commits do not come back, from the first count on that is not confirmed. */
    STORAGE_HANGS,
    /** Each commit takes longer than the whole grace period, as soon as the stop begins. */
    STORAGE_SLOW,
    /** Somebody else's shutdown hook never ends; the watchdog is on. */
    HOOK_HANGS,
    /** Nothing is written: there is nothing to save. */
    IDLE,
    /** 100 MiB wait for the last commit; nothing else is written. */
    DIRTY
  }

  private static final int DIRTY_ENTRIES = 100;

  private StopService() {}

  /** The arguments are said above. */
  public static void main(String[] args) {
    Duration grace = Duration.ofSeconds(Long.parseLong(args[1]));
    Fault fault = Fault.valueOf(args[2]);
    FaultyStorage storage = new FaultyStorage(provider(args[0]));
    StateStore store =
        StateStore.builder()
            .url(args[0])
            .backend(storage)
            .commitInterval(Duration.ofMinutes(5))
            .maxPendingBytes(1L << 30)
            .gracePeriod(grace)
            .watchdog(fault == Fault.HOOK_HANGS)
            .open();
    ShutdownReport previous = store.status().restore().previousStop();
    System.out.println("PREVIOUS " + (previous == null ? "none" : previous.describe()));
    AtomicBoolean stopping = new AtomicBoolean();
    Shutdown.onAnnounce("stopping", () -> stopping.set(true));
    Shutdown.onAfter("report", reports -> reports.forEach(StopService::tell));
    switch (fault) {
      case DRAIN_HANGS -> Shutdown.onDrain("requests", StopService::hang);
      case STORAGE_SLOW ->
          storage.beforeCommit(
              commit -> {
                if (stopping.get()) {
                  pause(grace.multipliedBy(2));
                }
              });
      case HOOK_HANGS ->
          Runtime.getRuntime().addShutdownHook(new Thread(StopService::hang, "hangs"));
      default -> {}
    }
    work(store, storage, fault);
  }

  private static void work(StateStore store, FaultyStorage storage, Fault fault) {
    if (fault == Fault.IDLE || fault == Fault.DIRTY) {
      StateMap<Integer, byte[]> map = store.map("large", Integer.class, byte[].class);
      for (int i = 0; fault == Fault.DIRTY && i < DIRTY_ENTRIES; i++) {
        byte[] value = new byte[1 << 20];
        new java.util.Random(i).nextBytes(value);
        map.put(i, value);
      }
      System.out.println("READY");
      waitForTheEnd();
    }
    StateCounter counter = store.counter("count");
    for (int i = 0; i < 100; i++) {
      counter.increment();
    }
    store.flush();
    System.out.println("D " + counter.get());
    if (fault == Fault.STORAGE_HANGS) {
      storage.haltCommits();
      counter.increment();
      store.whenDurable();
      storage.awaitHaltedCommit();
      System.out.println("HANGS");
      waitForTheEnd();
    }
    while (true) {
      System.out.println("A " + counter.increment());
    }
  }

  private static BackendProvider provider(String url) {
    String scheme = url.substring(0, url.indexOf(':'));
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.schemes().contains(scheme))
        .findFirst()
        .orElseThrow();
  }

  private static void hang() {
    System.out.println("DRAINING");
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      System.out.println("INTERRUPTED");
    }
  }

  /** All of it: whoever wakes the thread does not end it. */
  private static void pause(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }

  private static void waitForTheEnd() {
    while (true) {
      LockSupport.park();
    }
  }

  private static void tell(ShutdownReport report) {
    long used = report.phases().values().stream().mapToLong(Duration::toMillis).sum();
    System.out.println(
        "AFTER "
            + report.saved()
            + " "
            + report.released()
            + " "
            + used
            + " "
            + report.budget().toMillis()
            + " "
            + report.phases()
            + " "
            + report.leftOut());
  }
}
