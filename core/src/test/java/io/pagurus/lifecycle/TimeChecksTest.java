package io.pagurus.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Finding;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TimeChecksTest {
  @Test
  void usualTimes_areFine() {
    assertThat(ids(9_000, 20)).isEmpty();
    assertThat(ids(9_000, 4_500)).isEmpty();
  }

  @Test
  void hardlyAnyTimeForAStop_isFound() {
    assertThat(ids(999, 20)).containsExactly("grace-period-too-short");
    assertThat(ids(1_000, 20)).isEmpty();
  }

  @Test
  void intervalThatEatsTheTimeOfAStop_isFound() {
    assertThat(TimeChecks.of(Duration.ofMillis(9_000), Duration.ofMillis(4_501)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.id()).isEqualTo("commit-interval-too-long");
              assertThat(finding.what()).contains("4501 ms", "9000 ms");
              assertThat(finding.fix()).contains("PAGURUS_COMMIT_INTERVAL");
            });
  }

  private static List<String> ids(long budgetMillis, long waitMillis) {
    return TimeChecks.of(Duration.ofMillis(budgetMillis), Duration.ofMillis(waitMillis)).stream()
        .map(Finding::id)
        .toList();
  }
}
