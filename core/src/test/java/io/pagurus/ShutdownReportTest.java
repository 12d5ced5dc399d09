package io.pagurus;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.ShutdownReport.Phase;
import io.pagurus.ShutdownReport.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShutdownReportTest {
  private static ShutdownReport report(
      Trigger trigger, boolean saved, boolean released, List<String> leftOut, long lossMillis) {
    return new ShutdownReport(
        "orders",
        trigger,
        Instant.parse("2026-01-02T03:04:05Z"),
        "PAGURUS_GRACE_PERIOD",
        Duration.ofSeconds(10),
        Duration.ofSeconds(9),
        Map.of(Phase.DRAIN, Duration.ofMillis(8), Phase.SAVE, Duration.ofMillis(43)),
        saved,
        released,
        1024,
        leftOut,
        Duration.ofMillis(lossMillis));
  }

  @Test
  void describe_aGoodStop() {
    assertThat(report(Trigger.SIGTERM, true, true, List.of(), 0).describe())
        .isEqualTo(
            "stopped by SIGTERM at 2026-01-02T03:04:05Z, 1024 bytes saved in 43 ms and released,"
                + " 51 ms of 9000 ms used (10000 ms grace period from PAGURUS_GRACE_PERIOD)");
  }

  @Test
  void describe_aStopThatLeftSomethingOut() {
    assertThat(
            report(Trigger.CLOSE, true, false, List.of("the drain task 'http' failed"), 0)
                .describe())
        .contains("stopped by close()", "saved in 43 ms, but not released")
        .endsWith("; left out: the drain task 'http' failed");
    assertThat(report(Trigger.SIGINT, false, false, List.of(), 120).describe())
        .contains("stopped by SIGINT", "NOT saved: up to 120 ms of changes lost");
  }

  @Test
  void describe_aKill() {
    assertThat(report(Trigger.UNKNOWN, false, false, List.of(), 64).describe())
        .isEqualTo(
            "ended without a stop that was saved (killed, or storage did not answer in time); at its"
                + " last commit at most 64 ms could be lost");
    assertThat(report(Trigger.UNKNOWN, false, false, List.of(), 0).describe())
        .endsWith("; how much was lost is not known");
    assertThat(report(Trigger.UNKNOWN, true, true, List.of(), 0).describe())
        .isEqualTo("stopped and released, without a report");
  }

  @Test
  void phases_areInTheirOrder_andNobodyChangesThem() {
    assertThat(report(Trigger.SIGTERM, true, true, List.of(), 0).phases().keySet())
        .containsExactly(Phase.DRAIN, Phase.SAVE);
  }
}
