package io.pagurus.examples.survivor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.examples.survivor.Finding.Kind;
import io.pagurus.examples.survivor.JournalOrders.Fault;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver with real processes, against a stand-in whose faults are known. */
final class DriverTest {
  @TempDir Path directory;

  @Test
  void run_serviceThatKeepsItsPromises_findsNothing() throws Exception {
    Outcome outcome = run(Fault.NONE, 4);

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.tally(StopKind.SIGTERM).stops).isEqualTo(2);
    assertThat(outcome.tally(StopKind.SIGKILL).stops).isEqualTo(2);
    assertThat(outcome.tally(StopKind.SIGKILL).confirmed).isPositive();
    assertThat(outcome.tally(StopKind.SIGKILL).async).isPositive();
  }

  @Test
  void run_serviceThatConfirmsTooEarly_findsTheLoss() throws Exception {
    assertFound(run(Fault.NOT_DURABLE, 4), Kind.CONFIRMED_LOST);
  }

  @Test
  void run_serviceThatSavesNothingAtTheEnd_findsTheLoss() throws Exception {
    assertFound(run(Fault.NO_FINAL_SAVE, 4), Kind.LOST_AT_CLEAN_STOP);
  }

  @Test
  void run_serviceThatRepeatsRequests_findsThemTwice() throws Exception {
    assertFound(run(Fault.NO_IDEMPOTENCY, 2), Kind.APPLIED_TWICE);
  }

  @Test
  void run_serviceThatTearsItsState_findsTheContradiction() throws Exception {
    assertFound(run(Fault.TORN, 2), Kind.INVARIANT);
  }

  private static void assertFound(Outcome outcome, Kind kind) {
    assertThat(outcome.findings()).anyMatch(finding -> finding.kind() == kind);
  }

  private Outcome run(Fault fault, int stops) throws InterruptedException {
    Options options =
        Options.parse(List.of("--storage", fault + ":", "--stops", stops + "", "--seconds", "1"));
    System.out.println(fault + " with seed " + options.seed());
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Progress progress = new Progress(new PrintStream(shown, true, StandardCharsets.UTF_8), false);
    Driver driver =
        new Driver(options, options.storages().get(0), JournalMain.class, directory, progress);
    Outcome outcome = driver.run();
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("1/" + stops);
    return outcome;
  }
}
