package io.pagurus.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Phase;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  @Test
  void run_savesAndReleases() {
    assertThat(Rehearsal.run())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.phases()).containsKeys(Phase.QUIESCE, Phase.SAVE, Phase.RELEASE);
              assertThat(report.leftOut()).isEmpty();
            })
        .extracting(ShutdownReport::released)
        .isEqualTo(true);
  }
}
