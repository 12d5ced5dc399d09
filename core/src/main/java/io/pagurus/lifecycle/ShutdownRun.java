package io.pagurus.lifecycle;

import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Phase;
import io.pagurus.ShutdownReport.Trigger;
import io.pagurus.internal.engine.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One stop: the phases, strictly in their order, for some stores under one deadline. {@link
 * #execute} is called once; {@link #skipToSave} by any thread.
 *
 * <p>Nothing here waits for a quiet period: a phase is over when its last step has returned. On
 * overrun the sequence goes on. User tasks are then interrupted; calls of a backend never are, they
 * go on beside the rest until the JVM ends.
 */
final class ShutdownRun {
  private static final Duration STEP_MARGIN = Duration.ofMillis(100);

  /** One store on its way through the phases. */
  private static final class Passenger {
    final Stoppable store;
    final Instant at;
    final List<String> leftOut = new ArrayList<>();
    final Duration lossWindow;
    private final CompletableFuture<@Nullable String> quiesced = new CompletableFuture<>();
    private final CompletableFuture<Stoppable.Saved> saved = new CompletableFuture<>();
    private final CompletableFuture<Stoppable.Released> released = new CompletableFuture<>();

    Passenger(Stoppable store) {
      this.store = store;
      this.at = store.now();
      this.lossWindow = store.lossWindow();
    }

    boolean isSaved() {
      Stoppable.Saved answer = saved.getNow(null);
      return answer != null && answer.saved();
    }
  }

  private final Waiting waiting;
  private final Trigger trigger;
  private final GracePeriod grace;
  private final Duration budget;
  private final long endsAt;
  private final PhasePlan plan;
  private final List<Passenger> passengers;
  private final List<UserTask> tasks;
  private final StopLines lines;
  private final Map<Phase, Duration> took = new ConcurrentSkipListMap<>();
  private final List<String> tasksLeftOut = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> skip = new CompletableFuture<>();

  /**
   * @param endsAt the deadline, by the clock of {@code waiting}; all of {@code budget} or what is
   *     left of it
   * @param lines says each report before the last phase begins
   */
  ShutdownRun(
      Waiting waiting,
      Trigger trigger,
      GracePeriod grace,
      Duration budget,
      long endsAt,
      List<Stoppable> stores,
      List<UserTask> tasks,
      StopLines lines) {
    this.waiting = waiting;
    this.trigger = trigger;
    this.grace = grace;
    this.budget = budget;
    this.endsAt = endsAt;
    this.plan = new PhasePlan(Math.max(1, endsAt - waiting.nanoTime()));
    this.passengers = stores.stream().map(Passenger::new).toList();
    this.tasks = tasks;
    this.lines = lines;
  }

  /** Runs all phases; the reports are in the order of the stores. */
  List<ShutdownReport> execute() {
    userPhase(Phase.ANNOUNCE, List.of());
    if (tasks.stream().anyMatch(task -> task.phase() == Phase.DRAIN)) {
      // While the application drains; without that it would only come before the last commit.
      passengers.forEach(passenger -> passenger.store.commitSoon());
    }
    userPhase(Phase.DRAIN, List.of());
    storePhase(Phase.QUIESCE, this::quiesce);
    storePhase(Phase.SAVE, this::save);
    storePhase(Phase.RELEASE, this::release);
    List<ShutdownReport> reports = passengers.stream().map(this::lastReport).toList();
    reports.forEach(lines::end);
    userPhase(Phase.AFTER, reports);
    return reports;
  }

  /** Whoever stops it is in a hurry: what is left of announce and drain is cancelled. */
  void skipToSave() {
    skip.complete(null);
  }

  // ---- phases -----------------------------------------------------------------------------------

  private void userPhase(Phase phase, List<ShutdownReport> reports) {
    long begin = waiting.nanoTime();
    Steps steps = new Steps(waiting, name(phase));
    boolean skipped = skip.isDone() && phase != Phase.AFTER;
    for (UserTask task : tasks) {
      if (task.phase() == phase) {
        if (skipped) {
          tasksLeftOut.add(task.describe() + " was skipped");
        } else {
          steps.start(task.describe(), () -> task.action().accept(reports));
        }
      }
    }
    CompletableFuture<Void> enough = phase == Phase.AFTER ? new CompletableFuture<>() : skip;
    steps.await(share(phase), enough);
    Duration lasted = since(begin);
    took.put(phase, lasted);
    List<String> leftOut = steps.leftOut("was cancelled after " + lasted.toMillis() + " ms");
    steps.cancelOverdue(); // afterwards: one that is interrupted may have returned at once
    tasksLeftOut.addAll(leftOut);
    if (phase == Phase.AFTER) {
      lines.leftOut(leftOut); // the reports are made already
    }
  }

  private interface StoreStep {
    void run(Passenger passenger, Deadline deadline);
  }

  private void storePhase(Phase phase, StoreStep step) {
    long begin = waiting.nanoTime();
    long share = share(phase);
    // The step itself gives up a little earlier, so that what it says of that is heard.
    long margin = Math.min(share / 10, STEP_MARGIN.toNanos());
    Deadline deadline = Deadline.in(Duration.ofNanos(share - margin));
    Steps steps = new Steps(waiting, name(phase));
    for (Passenger passenger : passengers) {
      steps.start(
          "the phase " + name(phase) + " of store '" + passenger.store.name() + "'",
          () -> step.run(passenger, deadline));
    }
    steps.await(share, new CompletableFuture<>());
    took.put(phase, since(begin));
  }

  private long share(Phase phase) {
    return plan.share(phase, endsAt - waiting.nanoTime());
  }

  private Duration since(long begin) {
    return Duration.ofNanos(waiting.nanoTime() - begin);
  }

  private static String name(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  // ---- steps of a store, on threads of their own ------------------------------------------------

  private void quiesce(Passenger passenger, Deadline deadline) {
    passenger.quiesced.complete(passenger.store.quiesce(deadline));
  }

  private void save(Passenger passenger, Deadline deadline) {
    ShutdownReport ifItIsFound =
        report(passenger, true, false, 0, leftOutSoFar(passenger), Duration.ZERO);
    passenger.saved.complete(passenger.store.save(ifItIsFound, deadline));
  }

  private void release(Passenger passenger, Deadline deadline) {
    Stoppable.Saved saved = passenger.saved.getNow(null);
    try {
      if (saved != null && saved.saved()) {
        ShutdownReport report =
            report(passenger, true, true, saved.bytes(), leftOutSoFar(passenger), Duration.ZERO);
        passenger.released.complete(passenger.store.release(report, deadline));
      }
    } finally {
      passenger.store.end(deadline);
    }
  }

  // ---- reports ----------------------------------------------------------------------------------

  private List<String> leftOutSoFar(Passenger passenger) {
    List<String> all = new ArrayList<>(tasksLeftOut);
    if (!passenger.quiesced.isDone()) {
      all.add("the writing did not end in time");
    }
    add(all, passenger.quiesced.getNow(null));
    Stoppable.Saved saved = passenger.saved.getNow(null);
    add(all, saved == null ? null : saved.problem());
    return all;
  }

  private static void add(List<String> all, @Nullable String problem) {
    if (problem != null) {
      all.add(problem);
    }
  }

  private ShutdownReport lastReport(Passenger passenger) {
    Stoppable.Saved saved = passenger.saved.getNow(null);
    Stoppable.Released released = passenger.released.getNow(null);
    List<String> leftOut = leftOutSoFar(passenger);
    if (saved == null) {
      leftOut.add("the save had not ended in time");
    } else if (saved.saved() && released == null) {
      leftOut.add("the release had not ended in time");
    }
    add(leftOut, released == null ? null : released.problem());
    return report(
        passenger,
        passenger.isSaved(),
        released != null && released.released(),
        saved == null ? 0 : saved.bytes(),
        leftOut,
        passenger.isSaved() ? Duration.ZERO : passenger.lossWindow);
  }

  private ShutdownReport report(
      Passenger passenger,
      boolean saved,
      boolean released,
      long bytes,
      List<String> leftOut,
      Duration lossWindow) {
    return new ShutdownReport(
        passenger.store.name(),
        trigger,
        passenger.at,
        grace.source(),
        grace.total(),
        budget,
        took,
        saved,
        released,
        bytes,
        leftOut,
        lossWindow);
  }
}
