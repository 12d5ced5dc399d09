package io.pagurus.testkit.simulation;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Owners of one store in a bucket behind a bad network. */
class SlotSimulationTest {
  @Test
  void anyHistory_losesNothingThatWasAcknowledged() {
    report(BackendHistory.run(2_000, Duration.ofSeconds(6), SimulatedBucket::new));
  }

  @Test
  @Tag("long")
  void anyHistory_losesNothingThatWasAcknowledged_forLong() {
    report(BackendHistory.run(40_000, Duration.ofHours(1), SimulatedBucket::new));
  }

  private static void report(Tally tally) {
    System.out.println("Histories over a bucket: " + tally);
  }
}
