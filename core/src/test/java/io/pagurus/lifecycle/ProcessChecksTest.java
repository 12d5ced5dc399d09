package io.pagurus.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Finding;
import io.pagurus.lifecycle.Surroundings.Ancestor;
import io.pagurus.lifecycle.Surroundings.SignalFate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProcessChecksTest {
  private static final Ancestor TINI = new Ancestor(1, "tini -- java", SignalFate.TAKEN);
  private static final Ancestor SHELL = new Ancestor(7, "sh -c java; true", SignalFate.DEFAULT);

  @Test
  void aProcessThatGetsItsSignals_isFine() {
    assertThat(ProcessChecks.of(process(SignalFate.TAKEN, List.of("-Xmx1g")))).isEmpty();
  }

  @Test
  void nothingKnown_nothingSaid() {
    Surroundings unknown =
        new Surroundings(
            SignalFate.UNKNOWN,
            List.of(new Ancestor(1, "sh", SignalFate.UNKNOWN)),
            List.of(),
            List.of(),
            0,
            Long.MAX_VALUE);
    assertThat(ProcessChecks.of(unknown)).isEmpty();
  }

  @Test
  void sigtermNotCaught_saysSoAndNamesXrs() {
    assertThat(ProcessChecks.of(process(SignalFate.DEFAULT, List.of("-Xrs"))))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.id()).isEqualTo("sigterm-not-caught");
              assertThat(finding.what()).contains("-Xrs");
              assertThat(finding.fix()).contains("Remove -Xrs");
            });
  }

  @Test
  void sigtermIgnored_namesTheOneWhoStartedIt() {
    assertThat(ProcessChecks.of(process(SignalFate.IGNORED, List.of())))
        .singleElement()
        .extracting(Finding::id, Finding::fix)
        .satisfies(idAndFix -> assertThat(idAndFix.toString()).contains("not-caught", "trap ''"));
  }

  @ParameterizedTest
  @EnumSource(
      value = SignalFate.class,
      names = {"DEFAULT", "IGNORED"})
  void processOneThatDoesNotTakeIt_swallowsIt(SignalFate fate) {
    assertThat(swallowed(new Ancestor(1, "sh -c java -jar app.jar", fate)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.id()).isEqualTo("sigterm-swallowed");
              assertThat(finding.what())
                  .contains("process 1 (`sh -c java -jar app.jar`)", "does not react");
              assertThat(finding.fix())
                  .contains("ENTRYPOINT [\"java\"", "exec java", "tini -- java");
            });
  }

  @Test
  void initThatTakesIt_passesItOn() {
    assertThat(swallowed(TINI)).isEmpty();
  }

  @Test
  void shellBelowAnInit_endsWithoutPassingItOn() {
    assertThat(swallowed(SHELL, TINI))
        .singleElement()
        .extracting(Finding::what)
        .asString()
        .contains("process 7", "ends on SIGTERM without passing it on");
  }

  @Test
  void shellFarBelow_isFoundToo() {
    Ancestor supervisor = new Ancestor(5, "supervisord", SignalFate.TAKEN);
    assertThat(swallowed(SHELL, supervisor, TINI)).hasSize(1);
  }

  /** It ends every process of a service by itself. */
  @ParameterizedTest
  @ValueSource(strings = {"/lib/systemd/systemd --system", "/sbin/init", "systemd"})
  void serviceManager_needsNobodyToPassItOn(String command) {
    Ancestor manager = new Ancestor(1, command, SignalFate.TAKEN);
    assertThat(swallowed(new Ancestor(7, "bash", SignalFate.IGNORED), manager)).isEmpty();
  }

  @Test
  void longCommand_isCutOff() {
    assertThat(swallowed(new Ancestor(1, "sh " + "x".repeat(10_000), SignalFate.DEFAULT)))
        .singleElement()
        .extracting(Finding::what)
        .asString()
        .hasSizeLessThan(250);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ExitOnOutOfMemoryError", "CrashOnOutOfMemoryError"})
  void endOnOutOfMemory_recommendsToStopInstead(String flag) {
    assertThat(ProcessChecks.of(process(SignalFate.TAKEN, List.of("-XX:+" + flag))))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.id()).isEqualTo("out-of-memory-skips-hooks");
              assertThat(finding.fix()).contains("-XX:OnOutOfMemoryError=\"kill -TERM %p\"");
            });
  }

  @Test
  void flagThatIsSwitchedOffAgain_isFine() {
    List<String> options = List.of("-XX:+ExitOnOutOfMemoryError", "-XX:-ExitOnOutOfMemoryError");
    assertThat(ProcessChecks.of(process(SignalFate.TAKEN, options))).isEmpty();
  }

  @Test
  void heap_mustLeaveRoomBelowTheLimit() {
    assertThat(ProcessChecks.of(memory(512, 256))).isEmpty();
    assertThat(ProcessChecks.of(memory(0, 4_000))).isEmpty();
    assertThat(ProcessChecks.of(memory(512, 500)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.id()).isEqualTo("heap-above-memory-limit");
              assertThat(finding.what()).contains("500 MiB", "512 MiB");
            });
  }

  private static List<Finding> swallowed(Ancestor... above) {
    return ProcessChecks.of(
        new Surroundings(SignalFate.TAKEN, List.of(above), List.of(), List.of(), 0, 0));
  }

  private static Surroundings process(SignalFate sigterm, List<String> options) {
    return new Surroundings(sigterm, List.of(), options, List.of(), 0, 0);
  }

  private static Surroundings memory(long limitMiB, long heapMiB) {
    return new Surroundings(
        SignalFate.TAKEN, List.of(), List.of(), List.of(), limitMiB << 20, heapMiB << 20);
  }
}
