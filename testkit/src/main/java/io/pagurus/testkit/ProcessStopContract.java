package io.pagurus.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Trigger;
import io.pagurus.StateStore;
import io.pagurus.testkit.StopService.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the stop of a real process must do on every backend that outlives it: the process ends by
 * itself, the promises hold, and what the next start says of it is true.
 */
@Timeout(120)
@ExtendWith(LeakExtension.class)
public abstract class ProcessStopContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int GRACE = 4;

  /** The storage of this test: new at its beginning, the same at every call within it. */
  protected abstract String url();

  /** What a process needs to reach it, beside the URL. */
  protected String[] jvmArgs() {
    return new String[0];
  }

  private ForkedJvm start(Fault fault, int graceSeconds, String... wrapper) {
    return ForkedJvm.of(StopService.class)
        .jvmArgs("-Xmx512m", "-XX:TieredStopAtLevel=1")
        .jvmArgs(jvmArgs())
        .args(url(), String.valueOf(graceSeconds), fault.name())
        .under(wrapper)
        .start();
  }

  /** What a process said of its end, and what it had promised before. */
  private record Ended(List<String> lines, String stderr) {
    long last(String prefix) {
      return lines.stream()
          .filter(line -> line.startsWith(prefix))
          .mapToLong(line -> Long.parseLong(line.substring(prefix.length())))
          .max()
          .orElse(0);
    }

    /** The words of the report: saved, released, used, budget. */
    String[] report() {
      return lines.stream()
          .filter(line -> line.startsWith("AFTER "))
          .reduce((one, other) -> one + other)
          .orElseThrow(() -> new AssertionError("no report: " + lines + "\n" + stderr))
          .split(" ");
    }

    void assertWithinBudget() {
      assertThat(Long.parseLong(report()[3]))
          .as("ms used of %s", String.join(" ", report()))
          .isLessThanOrEqualTo(Long.parseLong(report()[4]));
    }
  }

  private static Ended end(ForkedJvm service, List<String> lines, int exitCode) {
    assertThat(service.awaitExit(PATIENCE)).as(service.stderr()).isEqualTo(exitCode);
    lines.addAll(service.takeLines());
    return new Ended(lines, service.stderr());
  }

  private static List<String> until(ForkedJvm service, String prefix) {
    List<String> lines = new ArrayList<>();
    service.awaitLine(
        line -> {
          lines.add(line);
          return line.startsWith(prefix);
        },
        "a line that begins with " + prefix,
        PATIENCE);
    return lines;
  }

  private static ShutdownReport previous(StateStore store) {
    return requireNonNull(store.status().restore().previousStop());
  }

  /** A stop that went well: nothing that returned is lost, and the next start says so. */
  private void assertSaved(Ended ended, Trigger trigger) {
    assertThat(ended.report()).startsWith("AFTER", "true", "true");
    ended.assertWithinBudget();
    try (StateStore store = StateStore.open(url())) {
      assertThat(store.counter("count").get()).isGreaterThanOrEqualTo(ended.last("A "));
      assertThat(store.status().restore().cleanStop()).isTrue();
      assertThat(previous(store).trigger()).isEqualTo(trigger);
      assertThat(previous(store).saved()).isTrue();
      assertThat(previous(store).released()).isTrue();
      assertThat(previous(store).graceSource()).isEqualTo("the builder");
    }
  }

  /** A stop that could not save: what was confirmed is there, and the next start claims no more. */
  private void assertNotSaved(Ended ended) {
    assertThat(ended.report()).startsWith("AFTER", "false", "false");
    ended.assertWithinBudget();
    assertNoReport(ended);
  }

  private void assertNoReport(Ended ended) {
    try (StateStore store = StateStore.open(url())) {
      assertThat(store.counter("count").get()).isGreaterThanOrEqualTo(ended.last("D "));
      assertThat(store.status().restore().cleanStop()).isFalse();
      assertThat(previous(store).trigger()).isEqualTo(Trigger.UNKNOWN);
      assertThat(previous(store).saved()).isFalse();
      assertThat(previous(store).lossWindow()).isGreaterThanOrEqualTo(Duration.ofMinutes(5));
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM, SIGTERM, 143", "INT, SIGINT, 130", "HUP, JVM_END, 129"})
  final void signal_savesAllThatReturned(ForkedJvm.Signal signal, Trigger trigger, int exitCode) {
    try (ForkedJvm service = start(Fault.NONE, 10)) {
      List<String> lines = until(service, "A ");
      service.signal(signal);
      assertSaved(end(service, lines, exitCode), trigger);
    }
  }

  @Test
  final void hangingDrainTask_isInterrupted_andTheSaveHasItsTime() {
    try (ForkedJvm service = start(Fault.DRAIN_HANGS, GRACE)) {
      List<String> lines = until(service, "A ");
      service.signal(ForkedJvm.Signal.TERM);
      Ended ended = end(service, lines, 143);
      assertThat(ended.lines()).contains("INTERRUPTED");
      assertSaved(ended, Trigger.SIGTERM);
    }
    try (StateStore store = StateStore.open(url())) {
      assertThat(previous(store).trigger()).as("of the look above").isEqualTo(Trigger.CLOSE);
    }
  }

  @Test
  final void secondSigterm_changesNothing() {
    try (ForkedJvm service = start(Fault.DRAIN_HANGS, GRACE)) {
      List<String> lines = until(service, "A ");
      service.signal(ForkedJvm.Signal.TERM);
      lines.addAll(until(service, "DRAINING"));
      service.signal(ForkedJvm.Signal.TERM);
      Ended ended = end(service, lines, 143);
      assertThat(ended.stderr()).contains("SIGTERM again: the stop is under way and goes on.");
      assertThat(ended.stderr()).containsOnlyOnce("Stopping");
      assertSaved(ended, Trigger.SIGTERM);
    }
  }

  /** The grace period is longer than this test may take: only the signal can end the drain. */
  @Test
  final void secondSigint_skipsToTheSave() {
    try (ForkedJvm service = start(Fault.DRAIN_HANGS, 600)) {
      List<String> lines = until(service, "A ");
      service.signal(ForkedJvm.Signal.INT);
      lines.addAll(until(service, "DRAINING"));
      service.signal(ForkedJvm.Signal.INT);
      Ended ended = end(service, lines, 130);
      assertThat(ended.lines()).contains("INTERRUPTED");
      assertSaved(ended, Trigger.SIGINT);
    }
  }

  @Test
  final void hangingStorage_isGivenUpBeforeTheDeadline() {
    try (ForkedJvm service = start(Fault.STORAGE_HANGS, GRACE)) {
      List<String> lines = until(service, "HANGS");
      service.signal(ForkedJvm.Signal.TERM);
      assertNotSaved(end(service, lines, 143));
    }
  }

  @Test
  final void saveSlowerThanTheDeadline_isGivenUpBeforeIt() {
    try (ForkedJvm service = start(Fault.STORAGE_SLOW, GRACE)) {
      List<String> lines = until(service, "A ");
      service.signal(ForkedJvm.Signal.TERM);
      assertNotSaved(end(service, lines, 143));
    }
  }

  @Test
  final void hangingHookOfSomebodyElse_isEndedByTheWatchdog_afterTheSave() {
    try (ForkedJvm service = start(Fault.HOOK_HANGS, GRACE)) {
      List<String> lines = until(service, "A ");
      service.signal(ForkedJvm.Signal.TERM);
      Ended ended = end(service, lines, 143);
      assertThat(ended.stderr()).contains("has not ended by its deadline: halted");
      assertSaved(ended, Trigger.SIGTERM);
    }
  }

  @Test
  final void sigkill_isNotTakenForAStop() {
    try (ForkedJvm service = start(Fault.NONE, 10)) {
      List<String> lines = until(service, "A ");
      service.signal(ForkedJvm.Signal.TERM);
      assertSaved(end(service, lines, 143), Trigger.SIGTERM);
    }
    try (ForkedJvm service = start(Fault.NONE, 10)) {
      List<String> lines = until(service, "A ");
      service.signal(ForkedJvm.Signal.KILL);
      assertNoReport(end(service, lines, 137));
    }
  }

  // ---- SIGTERM at any moment --------------------------------------------------------------------

  @Test
  final void sigterm_atAnyMoment_losesNothingThatReturned() {
    RandomSeed.run(random -> sigterms(random, 6));
  }

  @Test
  @Tag("long")
  @Timeout(1_200)
  final void sigterm_atAnyMoment_manyTimes() {
    RandomSeed.run(random -> sigterms(random, 100));
  }

  /** A third of them in the first 200 ms of the JVM, the others during restore and work. */
  private void sigterms(Random random, int number) {
    int worked = 0;
    int clean = 0;
    for (int i = 0; i < number; i++) {
      long pause = random.nextInt(i % 3 == 0 ? 200 : 3_000) * 1_000_000L;
      try (ForkedJvm service =
          ForkedJvm.of(CrashService.class)
              .jvmArgs("-Xmx256m", "-XX:TieredStopAtLevel=1")
              .jvmArgs(jvmArgs())
              .args(url(), "WAIT")
              .start()) {
        pause(pause);
        service.signal(ForkedJvm.Signal.TERM);
        assertThat(service.awaitExit(PATIENCE)).as(service.stderr()).isEqualTo(143);
        Said said = new Said(service.takeLines());
        worked += said.lines().stream().anyMatch(line -> line.startsWith("A ")) ? 1 : 0;
        clean += check(said, "cycle " + i + ", after " + pause / 1_000_000 + " ms") ? 1 : 0;
      }
    }
    System.out.printf(
        "%s: %d SIGTERMs at random moments, %d while it worked, %d times released; 0 lost%n",
        getClass().getSimpleName(), number, worked, clean);
  }

  private boolean check(Said said, String cycle) {
    try (StateStore store = StateStore.open(url())) {
      CrashService.Numbers numbers = store.bind(new CrashService.Numbers());
      assertThat(numbers.faults()).as(cycle).isEmpty();
      said.check(numbers, true, cycle);
      return store.status().restore().cleanStop();
    }
  }

  private static void pause(long nanos) {
    long until = System.nanoTime() + nanos;
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  // ---- as process 1 -----------------------------------------------------------------------------

  private static final String[] PID_1 = {
    "unshare", "--pid", "--fork", "--kill-child", "--mount-proc"
  };

  private static String[] pid1(String... more) {
    List<String> command = new ArrayList<>(List.of(PID_1));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  /** Sends a signal to process 1 of the container, which is a child of {@code unshare}. */
  private static void signalInside(ForkedJvm service, String signal) {
    long inside =
        ProcessHandle.of(service.pid())
            .flatMap(unshare -> unshare.children().findFirst())
            .orElseThrow()
            .pid();
    Machine.run("kill", "-" + signal, String.valueOf(inside));
  }

  @ParameterizedTest
  @ValueSource(strings = {"exec", "tini"})
  @Tag("long")
  final void asProcess1_whereTheSignalComesThrough_saves(String entry) {
    Machine.needsRootAnd("unshare", "tini");
    String[] wrapper = entry.equals("tini") ? pid1("tini", "--") : pid1();
    try (ForkedJvm service = start(Fault.NONE, 10, wrapper)) {
      List<String> lines = until(service, "A ");
      signalInside(service, "TERM");
      assertSaved(end(service, lines, 143), Trigger.SIGTERM);
    }
  }

  @Test
  @Tag("long")
  final void asProcess1_secondSigterm_changesNothing() {
    Machine.needsRootAnd("unshare");
    try (ForkedJvm service = start(Fault.DRAIN_HANGS, GRACE, pid1())) {
      List<String> lines = until(service, "A ");
      signalInside(service, "TERM");
      lines.addAll(until(service, "DRAINING"));
      signalInside(service, "TERM");
      assertSaved(end(service, lines, 143), Trigger.SIGTERM);
    }
  }

  /**
   * Then the platform kills at the end of the grace period, and the next start must not be told
   * otherwise.
   */
  @Test
  @Tag("long")
  final void shellAsProcess1_swallowsTheSignal_andTheKillIsToldAsOne() {
    Machine.needsRootAnd("unshare");
    try (ForkedJvm service = start(Fault.NONE, GRACE, pid1("sh", "-c", "\"$@\"; true", "sh"))) {
      List<String> lines = until(service, "A ");
      signalInside(service, "TERM");
      lines.addAll(until(service, "A ")); // it works on
      pause(Duration.ofSeconds(GRACE).toNanos());
      lines.addAll(service.takeLines());
      assertThat(service.isAlive()).isTrue();
      signalInside(service, "KILL");
      service.awaitExit(PATIENCE); // the code is that of unshare, which differs by version
      lines.addAll(service.takeLines());
      assertNoReport(new Ended(lines, service.stderr()));
      assertThat(service.stderr()).doesNotContain("Stopping");
    }
  }

  @Test
  @Tag("long")
  final void asProcess1_hangingStorage_endsBeforeTheKill() {
    Machine.needsRootAnd("unshare");
    try (ForkedJvm service = start(Fault.STORAGE_HANGS, GRACE, pid1())) {
      List<String> lines = until(service, "HANGS");
      signalInside(service, "TERM");
      assertNotSaved(end(service, lines, 143));
    }
  }

  // ---- figures ----------------------------------------------------------------------------------

  /** Prints how long it takes from SIGTERM to the exit; no assertion on it. */
  @ParameterizedTest
  @ValueSource(strings = {"IDLE", "DIRTY"})
  @Tag("long")
  final void sigtermToExit_isMeasured(String load) {
    List<Long> millis = new ArrayList<>();
    String report = "";
    for (int i = 0; i < 5; i++) {
      try (ForkedJvm service =
          ForkedJvm.of(StopService.class)
              .jvmArgs("-Xmx1g")
              .jvmArgs(jvmArgs())
              .args(url(), "60", load)
              .start()) {
        service.await("READY");
        long begin = System.nanoTime();
        service.signal(ForkedJvm.Signal.TERM);
        assertThat(service.awaitExit(PATIENCE)).as(service.stderr()).isEqualTo(143);
        millis.add((System.nanoTime() - begin) / 1_000_000);
        report = String.join("", service.takeLines());
      }
    }
    System.out.printf(
        "%s: SIGTERM to exit with %s: %s ms; the last one: %s%n",
        getClass().getSimpleName(), load, millis, report);
  }
}
