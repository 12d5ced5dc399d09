package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.testkit.ForkedJvm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that are asked to stop while a block runs that never ends. */
class DyingTest {
  /** The grace period of {@link DyingMain}, and what a slow machine needs to notice. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  @ParameterizedTest
  @EnumSource(
      value = ForkedJvm.Signal.class,
      names = {"TERM", "INT", "HUP"})
  void signal_inABlockThatNeverEnds_savesWhatWasCompleted(ForkedJvm.Signal signal) {
    try (ForkedJvm jvm = ForkedJvm.of(DyingMain.class).args("block").start()) {
      jvm.await("ready");
      jvm.signal(signal);
      int code = jvm.awaitExit(GRACE);
      assertThat(code).isGreaterThan(128);
      assertSaved(jvm.takeLines());
    }
  }

  @Test
  void systemExit_inABlock_savesWhatWasCompleted() {
    try (ForkedJvm jvm = ForkedJvm.of(DyingMain.class).args("exit").start()) {
      assertThat(jvm.awaitExit(GRACE)).isEqualTo(7);
      assertSaved(jvm.takeLines());
    }
  }

  @Test
  void sigterm_onStorageThatStandsStill_endsTheProcess() {
    try (ForkedJvm jvm = ForkedJvm.of(DyingMain.class).args("standstill").start()) {
      jvm.await("ready");
      jvm.signal(ForkedJvm.Signal.TERM);
      assertThat(jvm.awaitExit(GRACE)).isEqualTo(143);
      assertThat(jvm.takeLines()).doesNotContain("released", "saved completed");
      assertThat(jvm.stderr()).contains("NOT saved");
    }
  }

  private static void assertSaved(List<String> lines) {
    assertThat(lines).contains("saved completed", "saved completed-block", "released");
    assertThat(lines).doesNotContain("saved in-block");
  }
}
