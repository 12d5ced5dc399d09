package io.pagurus.file;

import io.pagurus.testkit.simulation.BackendHistory;
import io.pagurus.testkit.simulation.SimulatedMachine;
import io.pagurus.testkit.simulation.Simulation;
import io.pagurus.testkit.simulation.Tally;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Owners of one store in files, on a disk that fails and a machine that goes down. */
class FileSimulationTest {
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void anyHistory_inAppendFiles_losesNothingThatWasAcknowledged() {
    report(BackendHistory.run(2_000, Duration.ofSeconds(6), FileSimulationTest::appendFiles));
  }

  @Test
  void anyHistory_inSlots_losesNothingThatWasAcknowledged() {
    report(BackendHistory.run(1_000, Duration.ofSeconds(3), FileSimulationTest::slots));
  }

  @Test
  @Tag("long")
  void anyHistory_inAppendFiles_losesNothingThatWasAcknowledged_forLong() {
    report(BackendHistory.run(40_000, LONG, FileSimulationTest::appendFiles));
  }

  @Test
  @Tag("long")
  void anyHistory_inSlots_losesNothingThatWasAcknowledged_forLong() {
    report(BackendHistory.run(20_000, LONG, FileSimulationTest::slots));
  }

  private static SimulatedMachine appendFiles(Simulation simulation) {
    return new SimulatedFiles(simulation, /* slots= */ false);
  }

  private static SimulatedMachine slots(Simulation simulation) {
    return new SimulatedFiles(simulation, /* slots= */ true);
  }

  private static void report(Tally tally) {
    System.out.println("Histories in files: " + tally);
  }
}
