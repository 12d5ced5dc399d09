package io.pagurus.lifecycle;

import static java.util.Objects.requireNonNull;

import io.pagurus.Lifecycle;
import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Phase;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The stop of the process, as the application takes part in it. Thread-safe.
 *
 * <p>A stop has phases, strictly in this order: <b>announce</b>, <b>drain</b>, quiesce, save,
 * release, <b>after</b>. Tasks of the application run in the three in bold, those of one phase at
 * the same time, each on a daemon thread of its own. They run when the process is stopped (SIGTERM,
 * SIGINT, the end of the JVM, or {@link #run}) while a store is open; not when one store is {@link
 * io.pagurus.StateStore#close closed}. Stores take writes until the drain phase is over.
 *
 * <p>A task that has not returned when the time of its phase is over is interrupted, the stop goes
 * on without it, and the {@link ShutdownReport} names it; so does it one that throws. A second
 * SIGINT interrupts what is left of announce and drain at once.
 */
public final class Shutdown {
  private static final Duration LONGEST = Duration.ofDays(365);

  private Shutdown() {}

  /** A task as long as it is registered. Thread-safe. */
  public interface Registration extends AutoCloseable {
    /** From now on the task is not run. Does nothing the second time, or when it runs already. */
    @Override
    void close();
  }

  /**
   * Runs {@code task} first: for telling others that this process goes down, readiness for example.
   * At most 10 % of the time, and never what the save needs.
   *
   * @param name for people, in the log and in the report
   */
  public static Registration onAnnounce(String name, Runnable task) {
    requireNonNull(task, "task");
    return add(Phase.ANNOUNCE, name, reports -> task.run());
  }

  /**
   * Runs {@code task} while stores still take writes: for ending the work of the application, such
   * as requests that are under way. It may use half of the whole time.
   *
   * @param name for people, in the log and in the report
   */
  public static Registration onDrain(String name, Runnable task) {
    requireNonNull(task, "task");
    return add(Phase.DRAIN, name, reports -> task.run());
  }

  /**
   * Runs {@code task} last, when the stores are saved and released, with a report for each store.
   * At most 20 % of the time; 5 % are kept for it.
   *
   * @param name for people, in the log
   */
  public static Registration onAfter(String name, Consumer<List<ShutdownReport>> task) {
    return add(Phase.AFTER, name, requireNonNull(task, "task"));
  }

  private static Registration add(Phase phase, String name, Consumer<List<ShutdownReport>> task) {
    ShutdownCoordinator coordinator = ShutdownCoordinator.ofThisJvm();
    UserTask added = new UserTask(phase, requireNonNull(name, "name"), task);
    coordinator.add(added);
    return () -> coordinator.remove(added);
  }

  /**
   * Stops all open stores of this JVM, whoever owns their lifecycle, and runs the tasks of all
   * phases. For the owner of a lifecycle, see {@link Lifecycle#EXTERNAL}. It returns when all is
   * done or {@code budget} is over; what has not ended then goes on in the background until the JVM
   * ends. Opening a store is refused meanwhile and possible again afterwards.
   *
   * <p>A stop that runs already is joined. When no store is open it does nothing.
   *
   * @param budget how long it may take, used as it is: neither the grace period nor a margin matter
   * @return one report for each store that this stop has stopped; look at {@link
   *     ShutdownReport#saved}
   * @throws IllegalArgumentException when {@code budget} is not positive
   */
  public static List<ShutdownReport> run(Duration budget) {
    if (budget.isZero() || budget.isNegative()) {
      throw new IllegalArgumentException("budget must be positive, was " + budget);
    }
    return ShutdownCoordinator.ofThisJvm()
        .stopAll(budget.compareTo(LONGEST) > 0 ? LONGEST : budget);
  }
}
