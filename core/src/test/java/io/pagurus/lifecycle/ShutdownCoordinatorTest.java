package io.pagurus.lifecycle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.Lifecycle;
import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Phase;
import io.pagurus.ShutdownReport.Trigger;
import io.pagurus.StoreClosedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The phases and rules of a stop, with stores, a JVM and a clock that the test moves. */
@Timeout(60)
class ShutdownCoordinatorTest {
  private static final GracePeriod GRACE =
      new GracePeriod(Duration.ofSeconds(10), Duration.ZERO, "a test"); // 9 s

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final ManualTime time = new ManualTime();
  private final FakeJvm jvm = new FakeJvm();
  private final ShutdownCoordinator coordinator = new ShutdownCoordinator(jvm, time);
  private final FakeStore store = new FakeStore("a", events);
  private final CountDownLatch taskRuns = new CountDownLatch(1);
  private final CompletableFuture<Boolean> taskInterrupted = new CompletableFuture<>();
  private final CompletableFuture<List<ShutdownReport>> reports = new CompletableFuture<>();

  private Registration register(FakeStore any) {
    return coordinator.register(any, GRACE, Lifecycle.AUTOMATIC, false);
  }

  private void task(Phase phase, String name, Runnable action) {
    coordinator.add(
        new UserTask(
            phase,
            name,
            told -> {
              events.add(name);
              action.run();
            }));
  }

  /** A task that ends when it is interrupted only. */
  private void hang() {
    taskRuns.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      taskInterrupted.complete(true);
    }
  }

  private void tellReports() {
    coordinator.add(new UserTask(Phase.AFTER, "tell", reports::complete));
  }

  private ShutdownReport report() {
    assertThat(reports).isCompleted();
    assertThat(reports.join()).hasSize(1);
    return reports.join().get(0);
  }

  private static Thread start(Runnable action) {
    Thread thread = new Thread(action, "stops");
    thread.start();
    return thread;
  }

  private static void join(Thread thread) throws InterruptedException {
    thread.join(30_000);
    assertThat(thread.isAlive()).as("the stop has not ended").isFalse();
  }

  @Test
  void stop_runsThePhasesInOrder() {
    FakeStore other = new FakeStore("b", events);
    register(store);
    register(other);
    for (Phase phase : new Phase[] {Phase.AFTER, Phase.DRAIN, Phase.ANNOUNCE}) {
      task(phase, phase.name(), () -> {});
    }
    jvm.signals().before(Trigger.SIGTERM);
    assertThat(events).first().isEqualTo("ANNOUNCE");
    assertThat(events.subList(1, 4)).containsExactlyInAnyOrder("a commits", "b commits", "DRAIN");
    assertThat(events.subList(4, 6)).containsExactlyInAnyOrder("a quiesces", "b quiesces");
    assertThat(events.subList(6, 8)).containsExactlyInAnyOrder("a saves", "b saves");
    assertThat(events.subList(8, 12))
        .containsExactlyInAnyOrder("a releases", "b releases", "a ends", "b ends");
    assertThat(events).last().isEqualTo("AFTER");
  }

  @Test
  void stop_ofAGoodStore_isReported() {
    register(store);
    tellReports();
    jvm.signals().before(Trigger.SIGTERM);
    ShutdownReport report = report();
    assertThat(report.trigger()).isEqualTo(Trigger.SIGTERM);
    assertThat(report.graceSource()).isEqualTo("a test");
    assertThat(report.budget()).isEqualTo(Duration.ofSeconds(9));
    assertThat(report.saved()).isTrue();
    assertThat(report.released()).isTrue();
    assertThat(report.bytesSaved()).isEqualTo(100);
    assertThat(report.leftOut()).isEmpty();
    assertThat(report.lossWindow()).isZero();
    assertThat(report.phases())
        .containsOnlyKeys(Phase.ANNOUNCE, Phase.DRAIN, Phase.QUIESCE, Phase.SAVE, Phase.RELEASE);
    assertThat(store.savedWith).matches(r -> r.saved() && !r.released());
    assertThat(store.releasedWith).matches(ShutdownReport::released);
  }

  @Test
  void drainTask_thatOverruns_isInterruptedAndNamed_andTheSaveHasItsTime() throws Exception {
    register(store);
    task(Phase.DRAIN, "requests", this::hang);
    tellReports();
    Thread stop = start(() -> jvm.signals().before(Trigger.SIGTERM));
    taskRuns.await();
    assertThat(taskInterrupted).isNotDone();
    time.advance(Duration.ofMillis(4_499), 1);
    assertThat(events).doesNotContain("a quiesces");
    time.advance(Duration.ofMillis(1), 1); // 9 s less the 50 % that later phases reserve
    join(stop);
    assertThat(taskInterrupted.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(report().saved()).isTrue();
    assertThat(report().leftOut())
        .containsExactly("the drain task 'requests' was cancelled after 4500 ms");
    assertThat(requireNonNull(store.releasedWith).leftOut()).isEqualTo(report().leftOut());
  }

  @Test
  void task_thatFails_isNamed_andTheStopGoesOn() {
    register(store);
    task(
        Phase.ANNOUNCE,
        "readiness",
        () -> {
          throw new IllegalStateException("no such endpoint");
        });
    tellReports();
    jvm.signals().before(Trigger.SIGTERM);
    assertThat(report().leftOut()).containsExactly("the announce task 'readiness' failed");
    assertThat(report().saved()).isTrue();
  }

  @Test
  void save_thatOverruns_isNeverInterrupted_andIsNotReleased() throws Exception {
    register(store);
    tellReports();
    CompletableFuture<Stoppable.Saved> late = new CompletableFuture<>();
    store.saved = late;
    Thread stop = start(() -> jvm.signals().before(Trigger.SIGTERM));
    while (!events.contains("a saves")) {
      Thread.onSpinWait();
    }
    time.advance(Duration.ofMillis(8_100), 1); // 9 s less 10 %
    join(stop);
    assertThat(report().saved()).isFalse();
    assertThat(report().released()).isFalse();
    assertThat(report().lossWindow()).isEqualTo(Duration.ofMillis(120));
    assertThat(report().leftOut()).containsExactly("the save had not ended in time");
    late.complete(new Stoppable.Saved(true, null, 1));
    assertThat(store.interrupted).isFalse();
    assertThat(events).doesNotContain("a releases").contains("a ends");
  }

  @Test
  void release_isForThoseThatWereSavedOnly() {
    FakeStore failing = new FakeStore("b", events);
    failing.saved =
        CompletableFuture.completedFuture(new Stoppable.Saved(false, "storage is away", 5));
    register(store);
    register(failing);
    tellReports();
    jvm.signals().before(Trigger.SIGTERM);
    assertThat(events).contains("a releases", "b ends").doesNotContain("b releases");
    assertThat(reports.join()).extracting(ShutdownReport::saved).containsExactly(true, false);
    assertThat(reports.join().get(1).leftOut()).containsExactly("storage is away");
  }

  @Test
  void budget_isThatOfTheSmallestGracePeriod() {
    register(store);
    GracePeriod small = new GracePeriod(Duration.ofSeconds(4), Duration.ofSeconds(1), "another");
    coordinator.register(new FakeStore("b", events), small, Lifecycle.AUTOMATIC, false);
    tellReports();
    assertThat(coordinator.grace()).isEqualTo(small);
    jvm.signals().before(Trigger.SIGINT);
    assertThat(reports.join())
        .extracting(ShutdownReport::budget)
        .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
    assertThat(reports.join()).extracting(ShutdownReport::graceSource).containsOnly("another");
  }

  @Test
  void secondSigterm_waitsForTheFirst_andChangesNothing() throws Exception {
    register(store);
    task(Phase.DRAIN, "requests", this::hang);
    tellReports();
    Thread first = start(() -> jvm.signals().before(Trigger.SIGTERM));
    taskRuns.await();
    Thread second = start(() -> jvm.signals().before(Trigger.SIGTERM));
    time.advance(Duration.ofMillis(100), 2);
    assertThat(second.isAlive()).isTrue();
    assertThat(taskInterrupted).isNotDone();
    time.advance(Duration.ofSeconds(5), 2);
    join(first);
    join(second);
    assertThat(events).containsOnlyOnce("a saves");
  }

  @Test
  void sigintDuringAStop_skipsToTheSave() throws Exception {
    register(store);
    task(Phase.ANNOUNCE, "slow", this::hang);
    task(Phase.DRAIN, "requests", () -> {});
    tellReports();
    Thread first = start(() -> jvm.signals().before(Trigger.SIGINT));
    taskRuns.await();
    jvm.signals().before(Trigger.SIGINT);
    join(first);
    assertThat(taskInterrupted.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(report().leftOut())
        .containsExactly(
            "the announce task 'slow' was cancelled after 0 ms",
            "the drain task 'requests' was skipped");
    assertThat(report().saved()).isTrue();
    assertThat(events).doesNotContain("requests");
  }

  @Test
  void close_duringAStop_waitsForIt_andSaysThatItWasNotTheOne() throws Exception {
    Registration registration = register(store);
    task(Phase.DRAIN, "requests", this::hang);
    Thread stop = start(() -> jvm.signals().before(Trigger.SIGTERM));
    taskRuns.await();
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    Thread close = start(() -> closed.complete(registration.close() == null));
    time.advance(Duration.ofSeconds(5), 2);
    join(stop);
    join(close);
    assertThat(closed.join()).isTrue();
    assertThat(events).containsOnlyOnce("a saves");
  }

  @Test
  void close_stopsOneStore_withoutAnyTask() {
    Registration registration = register(store);
    register(new FakeStore("b", events));
    task(Phase.DRAIN, "requests", () -> {});
    ShutdownReport report = requireNonNull(registration.close());
    assertThat(report.trigger()).isEqualTo(Trigger.CLOSE);
    assertThat(events).containsExactly("a quiesces", "a saves", "a releases", "a ends");
    assertThat(jvm.hooks).hasSize(1);
    assertThat(registration.close()).isNull();
  }

  @Test
  void lastClose_disarms_andTheNextStoreArmsAgain() {
    Registration registration = register(store);
    assertThat(jvm.hooks).hasSize(1);
    registration.close();
    assertThat(jvm.hooks).isEmpty();
    FakeStore next = new FakeStore("b", events);
    register(next);
    assertThat(jvm.hooks).hasSize(1);
    jvm.signals().before(Trigger.SIGTERM);
    assertThat(events).contains("b saves");
    assertThat(jvm.hooks).isEmpty();
  }

  @Test
  void register_whileTheProcessEnds_isRefused() {
    register(store);
    CompletableFuture<Throwable> refused = new CompletableFuture<>();
    task(
        Phase.DRAIN,
        "late",
        () -> {
          try {
            register(new FakeStore("late", events));
          } catch (RuntimeException e) {
            refused.complete(e);
          }
        });
    jvm.signals().before(Trigger.SIGTERM);
    assertThat(refused.join())
        .isInstanceOf(StoreClosedException.class)
        .hasMessageContaining("'late' was not opened, because the process is ending");
    assertThatThrownBy(() -> register(new FakeStore("later", events)))
        .isInstanceOf(StoreClosedException.class);
    jvm.signals().after(Trigger.SIGTERM); // somebody else's handler keeps the process
    register(new FakeStore("again", events));
  }

  @Test
  void register_withinAHookOfTheJvm_isRefused() {
    jvm.isEnding = true;
    assertThatThrownBy(() -> register(store)).isInstanceOf(StoreClosedException.class);
    assertThat(coordinator.grace()).isNull();
  }

  @Test
  void endOfJvm_savesToo_andSaysSoOnStandardError() throws Exception {
    register(store);
    Thread hook = jvm.hooks.get(0);
    hook.start();
    join(hook);
    assertThat(events).contains("a saves", "a releases");
    assertThat(jvm.said())
        .contains("Stopping 1 store(s): the end of the JVM")
        .contains("saved and");
  }

  @Test
  void hookBehindASignal_sharesItsDeadline() throws Exception {
    coordinator.register(store, GRACE, Lifecycle.AUTOMATIC, false);
    FakeStore other = new FakeStore("b", events);
    CompletableFuture<Stoppable.Saved> never = new CompletableFuture<>();
    store.saved = never;
    tellReports();
    Thread hook = jvm.hooks.get(0);
    Thread stop = start(() -> jvm.signals().before(Trigger.SIGTERM));
    while (!events.contains("a saves")) {
      Thread.onSpinWait();
    }
    time.advance(Duration.ofSeconds(9), 1);
    join(stop);
    hook.start(); // finds nothing to do, and does not wait another 9 s
    join(hook);
    assertThat(events).doesNotContain("b saves");
    assertThat(other.interrupted).isFalse();
    never.complete(new Stoppable.Saved(false, "late", 0));
  }

  @Test
  void external_installsNothing_andIsStoppedByItsOwner() {
    coordinator.register(store, GRACE, Lifecycle.EXTERNAL, true);
    assertThat(jvm.hooks).isEmpty();
    assertThat(jvm.listener).isNull();
    task(Phase.DRAIN, "requests", () -> {});
    List<ShutdownReport> stopped = coordinator.stopAll(Duration.ofSeconds(3));
    assertThat(stopped).hasSize(1);
    assertThat(stopped.get(0).trigger()).isEqualTo(Trigger.OWNER);
    assertThat(stopped.get(0).budget()).isEqualTo(Duration.ofSeconds(3));
    assertThat(events).contains("requests", "a saves", "a releases");
    assertThat(coordinator.stopAll(Duration.ofSeconds(3))).isEmpty();
    coordinator.register(new FakeStore("b", events), GRACE, Lifecycle.EXTERNAL, false);
  }

  @Test
  void external_isNotStoppedByASignalForOthers() {
    coordinator.register(store, GRACE, Lifecycle.EXTERNAL, false);
    register(new FakeStore("b", events));
    jvm.signals().before(Trigger.SIGTERM);
    assertThat(events).contains("b saves").doesNotContain("a saves");
    assertThat(jvm.hooks).isEmpty();
  }

  @Test
  void watchdog_haltsWhatHasNotEnded_halfWayThroughTheMargin() {
    coordinator.register(store, GRACE, Lifecycle.AUTOMATIC, true);
    jvm.signals().before(Trigger.SIGTERM);
    time.advance(Duration.ofMillis(9_499), 1);
    assertThat(jvm.halted).isNotDone();
    time.advance(Duration.ofMillis(1), 1);
    assertThat(jvm.halted.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(143);
    assertThat(jvm.said()).contains("has not ended by its deadline: halted");
  }

  @Test
  void watchdog_whenTheProcessGoesOn_isCancelled() {
    coordinator.register(store, GRACE, Lifecycle.AUTOMATIC, true);
    jvm.signals().before(Trigger.SIGTERM);
    jvm.signals().after(Trigger.SIGTERM);
    time.advance(Duration.ofSeconds(20), 0);
    assertThat(jvm.halted).isNotDone();
  }

  @Test
  void signal_keepsTheJvmAlive_untilTheReplacedHandlerReturns() {
    register(store);
    task(Phase.DRAIN, "look", () -> assertThat(jvm.keptAlive).hasValue(1));
    tellReports();
    jvm.signals().before(Trigger.SIGTERM);
    jvm.signals().before(Trigger.SIGTERM);
    assertThat(report().leftOut()).isEmpty();
    assertThat(jvm.keptAlive).hasValue(1);
    jvm.signals().after(Trigger.SIGTERM);
    assertThat(jvm.keptAlive).hasValue(0);
  }

  @Test
  void task_thatIsRemoved_isNotRun() {
    register(store);
    UserTask gone = new UserTask(Phase.DRAIN, "gone", told -> events.add("gone"));
    coordinator.add(gone);
    coordinator.remove(gone);
    jvm.signals().before(Trigger.SIGTERM);
    assertThat(events).doesNotContain("gone");
  }
}
