package io.pagurus.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.ShutdownReport.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhasePlanTest {
  private static final long BUDGET = Duration.ofSeconds(10).toNanos();
  private final PhasePlan plan = new PhasePlan(BUDGET);

  private static long seconds(double seconds) {
    return (long) (seconds * 1e9);
  }

  @Test
  void share_ofAPhase_isItsCapOrWhatLaterOnesDoNotReserve() {
    assertThat(plan.share(Phase.ANNOUNCE, BUDGET)).isEqualTo(seconds(1));
    assertThat(plan.share(Phase.DRAIN, BUDGET)).isEqualTo(seconds(5));
    assertThat(plan.share(Phase.DRAIN, seconds(9))).isEqualTo(seconds(4));
    assertThat(plan.share(Phase.QUIESCE, seconds(9))).isEqualTo(seconds(2));
    assertThat(plan.share(Phase.QUIESCE, seconds(5))).isEqualTo(seconds(1));
    assertThat(plan.share(Phase.SAVE, seconds(9))).isEqualTo(seconds(8));
    assertThat(plan.share(Phase.RELEASE, seconds(1))).isEqualTo(seconds(0.5));
    assertThat(plan.share(Phase.AFTER, seconds(9))).isEqualTo(seconds(2));
  }

  @Test
  void share_whenTimeIsOver_isNothing() {
    for (Phase phase : Phase.values()) {
      assertThat(plan.share(phase, -seconds(1))).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1_000_000, 2_000_000_000, 110_000_000_000L})
  void shares_evenWhenEveryPhaseUsesAllOfThem_fitTheBudget(long budget) {
    PhasePlan any = new PhasePlan(budget);
    long left = budget;
    for (Phase phase : Phase.values()) {
      long share = any.share(phase, left);
      assertThat(share).as("%s", phase).isPositive();
      left -= share;
    }
    assertThat(left).isGreaterThanOrEqualTo(0);
  }
}
