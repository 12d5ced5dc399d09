package io.pagurus;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.DamageReport.Finding;
import io.pagurus.DamageReport.LostCommit;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The text that people get to read. */
class DamageReportTest {
  private static final Finding FRAME = new Finding("log/000002.log", 4096, "checksum mismatch", 12);
  private static final LostCommit EIGHT =
      new LostCommit(3, 8, Instant.parse("2026-01-02T03:04:05Z"));
  private static final LostCommit TEN =
      new LostCommit(3, 10, Instant.parse("2026-01-02T03:04:06Z"));

  private static String describe(
      DamagePolicy policy,
      List<Finding> findings,
      List<LostCommit> lost,
      long lostCount,
      long restored,
      List<String> aside) {
    return new DamageReport(
            "file:/var/lib/checkout", policy, findings, lost, lostCount, restored, aside)
        .describe();
  }

  @Test
  void describe_lastGood_saysWhatWhereHowMuchAndWhatWasDone() {
    assertThat(
            describe(
                DamagePolicy.LAST_GOOD,
                List.of(FRAME, new Finding("base/000001.seg", -1, "missing", -1)),
                List.of(EIGHT, new LostCommit(3, 9, null), TEN),
                3,
                7,
                List.of("log/000002.log", "base/000001.seg")))
        .isEqualTo(
            """
            Damage at file:/var/lib/checkout:
              log/000002.log at byte 4096: checksum mismatch (12 entries)
              base/000001.seg: missing
            Lost: 3 commits, versions 8 to 10 of 2026-01-02T03:04:05Z to 2026-01-02T03:04:06Z.
            Restored: version 7.
            Put aside: log/000002.log, base/000001.seg.""");
  }

  @Test
  void describe_fail_saysNothingOfARestore() {
    assertThat(describe(DamagePolicy.FAIL, List.of(FRAME), List.of(), 0, -1, List.of()))
        .isEqualTo(
            """
            Damage at file:/var/lib/checkout:
              log/000002.log at byte 4096: checksum mismatch (12 entries)""");
  }

  @Test
  void describe_empty_withUnknownLoss() {
    assertThat(
            describe(
                DamagePolicy.EMPTY,
                List.of(new Finding("HEAD", 0, "is no manifest", 1)),
                List.of(),
                5,
                0,
                List.of("HEAD")))
        .isEqualTo(
            """
            Damage at file:/var/lib/checkout:
              HEAD at byte 0: is no manifest (1 entry)
            Lost: 5 commits, unknown which.
            Restored: an empty state.
            Put aside: HEAD.""");
  }

  @Test
  void describe_ofOneLostCommit_andOfTheNewestOfMany() {
    LostCommit timeless = new LostCommit(3, 9, null);
    assertThat(describe(DamagePolicy.LAST_GOOD, List.of(), List.of(timeless), 1, 8, List.of()))
        .isEqualTo(
            """
            Damage at file:/var/lib/checkout:
            Lost: 1 commit, version 9 of an unknown time.
            Restored: version 8.""");
    assertThat(describe(DamagePolicy.LAST_GOOD, List.of(), List.of(EIGHT, TEN), 2000, 6, List.of()))
        .isEqualTo(
            """
            Damage at file:/var/lib/checkout:
            Lost: 2000 commits, the newest are versions 8 to 10 of 2026-01-02T03:04:05Z to\
             2026-01-02T03:04:06Z.
            Restored: version 6.""");
  }
}
