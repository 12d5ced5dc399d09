package io.pagurus.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.CheckpointRetention;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The law in numbers. Where nothing else is said: 20 ms, a share of 3 s, 64 MiB. */
final class CadenceTest {
  private static final long MIB = 1 << 20;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final Duration INTERVAL = Duration.ofMillis(20);

  private static Cadence cadence(Duration interval, Duration max, Duration share, long pending) {
    return new Cadence(
        new EngineSettings(
            "s",
            false,
            interval,
            max,
            share,
            max,
            Duration.ofMillis(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            pending,
            1,
            1,
            CheckpointRetention.DEFAULT,
            Clock.systemUTC(),
            UUID::randomUUID));
  }

  private static Cadence cadence() {
    return cadence(INTERVAL, INTERVAL, Duration.ofSeconds(3), 64 * MIB);
  }

  @Test
  void nothingMeasured_nothingLimited() {
    Cadence cadence = cadence();
    assertThat(cadence.roomBytes()).isEqualTo(64 * MIB);
    assertThat(cadence.waitNanos(MIB - 1)).isEqualTo(20 * MILLI);
    assertThat(cadence.finding()).isNull();
    assertThat(cadence.expectedSave(64 * MIB)).isZero();
  }

  @Test
  void fastStorage_changesNothing() {
    Cadence cadence = cadence();
    assertThat(cadence.answered(20 * MIB, 100 * MILLI)).isFalse(); // 200 MiB/s
    assertThat(cadence.roomBytes()).isEqualTo(64 * MIB);
    assertThat(cadence.waitNanos(MIB - 1)).isEqualTo(20 * MILLI);
    assertThat(cadence.finding()).isNull();
  }

  /** 50 MiB/s for the interval. */
  @Test
  void burst_isCommittedAtOnce() {
    assertThat(cadence().waitNanos(MIB + 1)).isZero();
    assertThat(cadence().isSooner(0, MIB + 1)).isTrue();
    Duration second = Duration.ofSeconds(1);
    Cadence rare = cadence(second, second, Duration.ofSeconds(3), 64 * MIB);
    assertThat(rare.waitNanos(49 * MIB)).isEqualTo(SECOND);
    assertThat(rare.waitNanos(51 * MIB)).isZero();
    Cadence often = cadence(Duration.ofMillis(1), Duration.ofMillis(1), second, 64 * MIB);
    assertThat(often.waitNanos(Cadence.WORTH_BYTES - 1)).isEqualTo(MILLI);
  }

  /** 4 MiB/s: 12 MiB fit in 3 s. Half of it may be in flight while the other half comes. */
  @Test
  void slowStorage_commitsSoonerAndHoldsWritersBack() {
    Duration second = Duration.ofSeconds(1);
    Cadence cadence = cadence(second, second, Duration.ofSeconds(3), 64 * MIB);
    cadence.answered(4 * MIB, SECOND);
    assertThat(cadence.roomBytes()).isBetween(12 * MIB - 10, 12 * MIB);
    assertThat(cadence.waitNanos(5 * MIB)).isEqualTo(SECOND);
    assertThat(cadence.waitNanos(6 * MIB)).isZero();
    assertThat(cadence.isSooner(5 * MIB, 6 * MIB)).isTrue();
    assertThat(cadence.isSooner(6 * MIB, 7 * MIB)).isFalse();
    assertThat(cadence.expectedSave(cadence.roomBytes())).isLessThanOrEqualTo(3 * SECOND);
    assertThat(cadence.finding()).isNull();
  }

  /** Whatever the rate: what may be unsaved is saved within the share, or the finding says so. */
  @Test
  void whatMayBeUnsaved_fitsTheShareOrTheFindingSaysSo() {
    for (long bytes = 1; bytes <= 64 * MIB; bytes *= 3) {
      for (long took = 1; took < 100 * SECOND; took *= 7) {
        Cadence cadence = cadence();
        cadence.answered(bytes, took);
        boolean fits = cadence.expectedSave(cadence.roomBytes()) <= 3 * SECOND + 1;
        boolean known = bytes >= Cadence.TELLING_BYTES || took > 3 * SECOND;
        assertThat(fits || cadence.finding() != null).as("%d bytes in %d ns", bytes, took).isTrue();
        assertThat(known || cadence.roomBytes() == 64 * MIB).isTrue();
      }
    }
  }

  /** A round trip of 100 ms does not mean that storage takes 1 KiB/s. */
  @Test
  void smallCommits_sayNothingAboutTheRate() {
    Cadence cadence = cadence();
    for (int i = 0; i < 100; i++) {
      cadence.answered(100, 100 * MILLI);
    }
    assertThat(cadence.roomBytes()).isEqualTo(64 * MIB);
    assertThat(cadence.waitNanos(MIB - 1)).isEqualTo(20 * MILLI);
  }

  @Test
  void rate_followsWhatIsMeasured() {
    Cadence cadence = cadence();
    cadence.answered(MIB, 2 * SECOND);
    long slow = cadence.roomBytes();
    for (int i = 0; i < 20; i++) {
      cadence.answered(10 * MIB, SECOND);
    }
    assertThat(slow).isLessThan(2 * MIB);
    assertThat(cadence.roomBytes()).isGreaterThan(28 * MIB);
  }

  @Test
  void tooSlow_isNewsOnceUntilItIsFastAgain() {
    Cadence cadence = cadence();
    assertThat(cadence.answered(100, 4 * SECOND)).isTrue();
    assertThat(cadence.finding())
        .satisfies(
            finding -> {
              assertThat(finding).isNotNull();
              assertThat(finding.id()).isEqualTo("storage-too-slow");
              assertThat(finding.what()).contains("4000 ms", "3000 ms");
            });
    assertThat(cadence.answered(100, 4 * SECOND)).isFalse();
    int commits = 0;
    while (cadence.finding() != null) {
      assertThat(cadence.answered(100, MILLI)).isFalse();
      commits++;
    }
    assertThat(commits).isBetween(5, 12); // 4 s, an eighth forgotten each time, to 1.5 s
    assertThat(cadence.answered(100, 2 * SECOND)).isFalse(); // between half and whole: no news
    assertThat(cadence.answered(100, 4 * SECOND)).isTrue();
  }

  @Test
  void rateTooLowForTheLeastRoom_isTooSlow() {
    Cadence cadence = cadence();
    assertThat(cadence.answered(512 << 10, 2 * SECOND)).isTrue(); // 1 MiB takes 4 s
    assertThat(cadence.roomBytes()).isEqualTo(Cadence.LEAST_ROOM);
    assertThat(cadence.finding()).asString().contains("0.3 MiB/s");
  }

  @Test
  void maxPendingBytes_isNeverExceeded() {
    Cadence cadence = cadence(INTERVAL, INTERVAL, Duration.ofSeconds(3), 100_000);
    cadence.answered(MIB, 100 * SECOND);
    assertThat(cadence.roomBytes()).isEqualTo(100_000);
    cadence.answered(MIB, 1);
    assertThat(cadence.roomBytes()).isEqualTo(100_000);
  }

  @Test
  void maxInterval_isForLittleOnly() {
    Cadence cadence =
        cadence(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(3), 64 * MIB);
    assertThat(cadence.waitNanos(100)).isEqualTo(5 * SECOND);
    assertThat(cadence.waitNanos(Cadence.WORTH_BYTES)).isEqualTo(SECOND);
    assertThat(cadence.isSooner(Cadence.WORTH_BYTES - 1, Cadence.WORTH_BYTES)).isTrue();
    assertThat(cadence.longestWait()).isEqualTo(5 * SECOND);
  }

  @Test
  void maxIntervalNotSet_nobodyIsWokenForIt() {
    assertThat(cadence().isSooner(0, Cadence.WORTH_BYTES)).isFalse();
    assertThat(cadence().longestWait()).isEqualTo(20 * MILLI);
  }
}
