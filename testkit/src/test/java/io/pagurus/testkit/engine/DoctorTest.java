package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.DoctorMode;
import io.pagurus.Finding;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.UnfitSurroundingsException;
import io.pagurus.spi.BackendInfo;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.LeakExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What opening does with findings; the ones used here are a grace period too short for 1 s, and
 * rare commits.
 */
@ExtendWith(LeakExtension.class)
class DoctorTest {
  private static final String TOO_SHORT = "grace-period-too-short";
  private static final String INTERVAL = "commit-interval-too-long";

  private final FaultyStorage storage = survivor();

  /** Storage on the heap that claims to survive, so that there is something to examine. */
  private static FaultyStorage survivor() {
    return Storages.local()
        .declare(
            info ->
                new BackendInfo(
                    info.source(),
                    info.maxKeyBytes(),
                    info.maxValueBytes(),
                    Duration.ofMillis(500),
                    BackendInfo.Survives.POWER_CUT,
                    info.localReads(),
                    info.heartbeat()));
  }

  private StateStoreBuilder builder() {
    return StateStore.builder().backend(storage).gracePeriod(Duration.ofMillis(900));
  }

  @Test
  void warn_opensAndShowsTheFindings() {
    try (StateStore store = builder().open()) {
      assertThat(store.status().findings()).extracting(Finding::id).contains(TOO_SHORT, INTERVAL);
    }
  }

  @Test
  void strict_failsBeforeAnythingIsOwned() {
    long epoch;
    try (StateStore store = builder().open()) {
      epoch = store.status().epoch();
    }
    assertThatThrownBy(() -> builder().doctor(DoctorMode.STRICT).open())
        .isInstanceOfSatisfying(
            UnfitSurroundingsException.class,
            e -> {
              assertThat(e.findings()).extracting(Finding::id).contains(TOO_SHORT);
              assertThat(e)
                  .hasMessageContaining("[" + TOO_SHORT + "]")
                  .hasMessageContaining("PAGURUS_GRACE_PERIOD")
                  .hasMessageContaining("Nothing was owned and no state was changed");
            });
    assertThat(storage.openBackends()).isZero();
    try (StateStore store = builder().open()) {
      assertThat(store.status().epoch()).isEqualTo(epoch + 1);
    }
  }

  @Test
  void strict_withoutFindings_opens() {
    try (StateStore store =
        builder()
            .gracePeriod(Duration.ofSeconds(10))
            .doctor(DoctorMode.STRICT)
            // Where these tests run is nobody's fault.
            .doctorAccepts(
                "sigterm-swallowed",
                "sigterm-not-caught",
                "out-of-memory-skips-hooks",
                "heap-above-memory-limit")
            .open()) {
      assertThat(store.status().findings()).isEmpty();
    }
  }

  @Test
  void acceptedFinding_isNeitherShownNorFatal() {
    try (StateStore store = builder().doctorAccepts(TOO_SHORT).open()) {
      assertThat(store.status().findings())
          .extracting(Finding::id)
          .contains(INTERVAL)
          .doesNotContain(TOO_SHORT);
    }
  }

  @Test
  void acceptedFinding_thatDoesNotExist_isRefused() {
    assertThatThrownBy(() -> builder().doctorAccepts("typo"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("typo")
        .hasMessageContaining(TOO_SHORT);
  }

  @Test
  void off_findsNothing() {
    try (StateStore store = builder().doctor(DoctorMode.OFF).open()) {
      assertThat(store.status().findings()).isEmpty();
    }
  }

  @Test
  void readOnlyAndMemory_areNotExamined() {
    builder().open().close();
    try (StateStore view = builder().readOnly(true).doctor(DoctorMode.STRICT).open()) {
      assertThat(view.status().findings()).isEmpty();
    }
    try (StateStore store =
        StateStore.builder()
            .url("memory:")
            .gracePeriod(Duration.ofMillis(900))
            .doctor(DoctorMode.STRICT)
            .open()) {
      assertThat(store.status().findings()).isEmpty();
    }
  }
}
