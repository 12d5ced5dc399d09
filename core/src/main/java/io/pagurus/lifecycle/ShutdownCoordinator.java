package io.pagurus.lifecycle;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.Lifecycle;
import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Trigger;
import io.pagurus.StoreClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Stops every open store when the process is asked to end. One for each JVM (class loader).
 * Thread-safe.
 *
 * <p>For SIGTERM and SIGINT it runs before the JVM starts its shutdown hooks, so before a pool or a
 * database is taken away by somebody else's hook, and then lets the handler go on that was there
 * before. For everything else ({@code System.exit}, the last thread ended) there is a hook, which
 * runs beside all others. Both are there while a store is open whose lifecycle is {@link
 * Lifecycle#AUTOMATIC}, and no longer: so it is armed again by the next store.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>There is one {@link #run} of the whole process at a time; who comes later joins it.
 *   <li>All runs until the end of the process share one deadline, {@link #endsAt}: the hook that
 *       follows a signal has what the signal left.
 *   <li>A store is stopped by whoever {@linkplain Registration#claim claims} it, once.
 *   <li>While the process ends no store is opened for it: it could be written to, and nobody would
 *       save it.
 * </ol>
 */
public final class ShutdownCoordinator {
  private static final ShutdownCoordinator OF_THIS_JVM =
      new ShutdownCoordinator(Jvm.THIS, Waiting.REAL);

  private final Jvm jvm;
  private final Waiting waiting;
  private final List<UserTask> tasks = new CopyOnWriteArrayList<>();

  @GuardedBy("this")
  private final Set<Registration> open = new LinkedHashSet<>();

  @GuardedBy("this")
  private @Nullable Thread hook;

  @GuardedBy("this")
  private @Nullable SignalChain signals;

  /** What stops the process now, and the event of its end. */
  @GuardedBy("this")
  private @Nullable Running running;

  /** Why the process ends, or null when it does not. */
  @GuardedBy("this")
  private @Nullable Trigger ending;

  /** When it must have ended; meaningful while {@link #ending} is set. */
  @GuardedBy("this")
  private long endsAt;

  @GuardedBy("this")
  private @Nullable Watchdog watchdog;

  /** Lets the JVM end again; set from a signal to the return of the handler that was replaced. */
  @GuardedBy("this")
  private @Nullable Runnable keptAlive;

  private record Running(ShutdownRun run, CompletableFuture<List<ShutdownReport>> reports) {}

  ShutdownCoordinator(Jvm jvm, Waiting waiting) {
    this.jvm = jvm;
    this.waiting = waiting;
  }

  /** The one of this JVM. */
  public static ShutdownCoordinator ofThisJvm() {
    return OF_THIS_JVM;
  }

  // ---- stores -----------------------------------------------------------------------------------

  /** A store that is closed by its user only. */
  public Registration unmanaged(Stoppable store, GracePeriod grace) {
    return new Registration(this, store, grace, Lifecycle.EXTERNAL, false);
  }

  /**
   * From now on a stop of the process stops {@code store}, too.
   *
   * @throws StoreClosedException when the process is ending; the caller has to close the store
   */
  public Registration register(
      Stoppable store, GracePeriod grace, Lifecycle lifecycle, boolean watchdog) {
    Registration registration = new Registration(this, store, grace, lifecycle, watchdog);
    synchronized (this) {
      if (ending != null || running != null) {
        throw refused(store);
      }
      open.add(registration);
      if (registration.isManaged() && hook == null) {
        try {
          arm();
        } catch (IllegalStateException e) {
          open.remove(registration);
          throw refused(store);
        }
      }
    }
    return registration;
  }

  private static StoreClosedException refused(Stoppable store) {
    return new StoreClosedException(
        "Store '"
            + store.name()
            + "' was not opened, because the process is ending: nobody would save what is written to it."
            + " Open stores before the stop begins; code that runs during the stop and closes its store"
            + " itself may open one with lifecycle(Lifecycle.EXTERNAL) once the others are closed.",
        null);
  }

  @GuardedBy("this")
  private void arm() {
    Thread added = new Thread(null, this::onEndOfJvm, "pagurus-shutdown-hook", 0, false);
    jvm.addHook(added);
    hook = added;
    signals =
        jvm.handleSignals(
            new SignalChain.Listener() {
              @Override
              public void before(Trigger signal) {
                onSignal(signal);
              }

              @Override
              public void after(Trigger signal) {
                goesOn();
              }
            });
  }

  /** The stores are stopped; with the last managed one hook and handlers go, too. */
  private void forget(List<Registration> stopped) {
    SignalChain noLonger;
    synchronized (this) {
      stopped.forEach(
          store -> {
            open.remove(store);
            store.over().complete(null);
          });
      if (open.stream().anyMatch(Registration::isManaged)) {
        return;
      }
      noLonger = signals;
      signals = null;
      if (hook != null) {
        jvm.removeHook(hook);
        hook = null;
      }
    }
    if (noLonger != null) {
      noLonger.uninstall();
    }
  }

  /**
   * What a stop of the whole process may take when it begins now: the smallest budget of all open
   * stores. Null when none is open.
   */
  public synchronized @Nullable GracePeriod grace() {
    return smallest(open);
  }

  private static @Nullable GracePeriod smallest(Iterable<Registration> stores) {
    GracePeriod least = null;
    for (Registration store : stores) {
      if (least == null || store.grace().budget().compareTo(least.budget()) < 0) {
        least = store.grace();
      }
    }
    return least;
  }

  // ---- tasks ------------------------------------------------------------------------------------

  void add(UserTask task) {
    tasks.add(task);
  }

  void remove(UserTask task) {
    tasks.removeIf(known -> known == task);
  }

  // ---- triggers ---------------------------------------------------------------------------------

  /**
   * The last thread of an application may end because its store takes no more work. Then the JVM
   * would start its hooks in the middle of the save, which is what the handler is there to avoid.
   */
  private void onSignal(Trigger signal) {
    Running now;
    synchronized (this) {
      now = running;
      if (keptAlive == null) {
        keptAlive = jvm.keepAlive();
      }
    }
    if (now == null) {
      stopProcess(signal);
      return;
    }
    new StopLines(jvm.stderr(), signal).again(signal);
    if (signal == Trigger.SIGINT) {
      now.run().skipToSave();
    }
    join(now);
  }

  private void onEndOfJvm() {
    Running now;
    synchronized (this) {
      now = running;
    }
    if (now != null) {
      join(now);
    }
    stopProcess(Trigger.JVM_END);
  }

  /** The handler that was replaced has returned: the process does not end after all. */
  private void goesOn() {
    Watchdog noLonger;
    Runnable release;
    synchronized (this) {
      ending = null;
      noLonger = watchdog;
      watchdog = null;
      release = keptAlive;
      keptAlive = null;
    }
    if (noLonger != null) {
      noLonger.cancel();
    }
    if (release != null) {
      release.run();
    }
  }

  private void stopProcess(Trigger trigger) {
    List<Registration> stores = new ArrayList<>();
    GracePeriod grace;
    synchronized (this) {
      for (Registration store : open) {
        if (store.isManaged()) {
          stores.add(store);
        }
      }
      grace = smallest(stores);
      if (ending == null && grace != null) {
        endsAt = waiting.nanoTime() + grace.budget().toNanos();
        if (stores.stream().anyMatch(Registration::wantsWatchdog)) {
          watchdog = Watchdog.start(jvm, waiting, trigger, endsAt + grace.margin().toNanos() / 2);
        }
      }
      ending = trigger;
    }
    if (grace != null) {
      stop(trigger, grace, grace.budget(), stores);
    }
  }

  /**
   * Stops all open stores, and runs the tasks of all phases, because the owner of the lifecycle
   * says so. Joins a stop that runs already. Empty when no store is open.
   */
  List<ShutdownReport> stopAll(Duration budget) {
    Running now;
    List<Registration> stores;
    synchronized (this) {
      now = running;
      stores = List.copyOf(open);
      if (now == null && ending == null) {
        endsAt = waiting.nanoTime() + budget.toNanos();
      }
    }
    if (now != null) {
      join(now);
      return now.reports().getNow(List.of());
    }
    return stop(Trigger.OWNER, new GracePeriod(budget, Duration.ZERO, ""), budget, stores);
  }

  /** Claims what nobody has claimed, stops it, and waits for what others stop meanwhile. */
  private List<ShutdownReport> stop(
      Trigger trigger, GracePeriod grace, Duration budget, List<Registration> stores) {
    List<Registration> mine = stores.stream().filter(Registration::claim).toList();
    List<ShutdownReport> reports = List.of();
    if (!mine.isEmpty()) {
      StopLines lines = new StopLines(jvm.stderr(), trigger);
      lines.begin(mine.size(), trigger, grace, budget);
      Running now =
          new Running(
              run(trigger, grace, budget, deadline(), mine, List.copyOf(tasks), lines),
              new CompletableFuture<>());
      running(now);
      try {
        reports = now.run().execute();
      } finally {
        running(null);
        now.reports().complete(reports);
        forget(mine);
      }
    }
    for (Registration store : stores) {
      waiting.await(store.over(), left(deadline()));
    }
    return reports;
  }

  /** See {@link Registration#close}. It runs no tasks: those belong to the end of the process. */
  @Nullable ShutdownReport close(Registration store) {
    GracePeriod grace = store.grace();
    long closedBy = waiting.nanoTime() + grace.budget().toNanos();
    if (!store.claim()) {
      waiting.await(store.over(), left(closedBy));
      return null;
    }
    StopLines lines = new StopLines(jvm.stderr(), Trigger.CLOSE);
    try {
      return run(Trigger.CLOSE, grace, grace.budget(), closedBy, List.of(store), List.of(), lines)
          .execute()
          .get(0);
    } finally {
      forget(List.of(store));
    }
  }

  private ShutdownRun run(
      Trigger trigger,
      GracePeriod grace,
      Duration budget,
      long deadline,
      List<Registration> stores,
      List<UserTask> userTasks,
      StopLines lines) {
    return new ShutdownRun(
        waiting,
        trigger,
        grace,
        budget,
        deadline,
        stores.stream().map(Registration::store).toList(),
        userTasks,
        lines);
  }

  private void join(Running other) {
    waiting.await(other.reports(), left(deadline()));
  }

  private synchronized void running(@Nullable Running now) {
    running = now;
  }

  private synchronized long deadline() {
    return endsAt;
  }

  private long left(long deadline) {
    return Math.max(0, deadline - waiting.nanoTime());
  }
}
