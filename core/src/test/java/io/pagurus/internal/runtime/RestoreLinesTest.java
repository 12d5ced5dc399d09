package io.pagurus.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.DamagePolicy;
import io.pagurus.DamageReport;
import io.pagurus.RestoreReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestoreLinesTest {
  private static RestoreReport report(boolean created, boolean cleanStop, long read, long cut) {
    return report(created, cleanStop, read, cut, true);
  }

  private static RestoreReport report(
      boolean created, boolean cleanStop, long read, long cut, boolean complete) {
    return new RestoreReport(
        "file:/data",
        created,
        created ? 0 : 17,
        created ? null : Instant.parse("2026-01-02T03:04:05Z"),
        Duration.ofMillis(1500),
        created ? 0 : 120,
        read,
        cut,
        null,
        cleanStop,
        null,
        created ? null : "pid 17 on host web-1 since 2026-01-01T00:00:00Z",
        4,
        Duration.ofMillis(12),
        complete,
        complete ? Duration.ofMillis(12) : null,
        complete ? Duration.ofMillis(12) : null);
  }

  @Test
  void restored_ofANewStore() {
    assertThat(RestoreLines.restored("orders", report(true, false, 0, 0), false))
        .isEqualTo("Store 'orders' is new at file:/data: epoch 4, opened in 12 ms.");
  }

  @Test
  void restored_afterACleanStop() {
    assertThat(RestoreLines.restored("orders", report(false, true, 0, 0), false))
        .isEqualTo(
            "Store 'orders' restored from file:/data: version 17, 1.5 s old, 120 entries; last stop"
                + " clean (pid 17 on host web-1 since 2026-01-01T00:00:00Z); epoch 4, opened in 12"
                + " ms.");
  }

  @Test
  void restored_afterAKill() {
    assertThat(RestoreLines.restored("orders", report(false, false, 4096, 0), false))
        .isEqualTo(
            "Store 'orders' restored from file:/data: version 17, 1.5 s old, 120 entries; last stop"
                + " NOT clean: changes of its last moments may be missing (pid 17 on host web-1 since"
                + " 2026-01-01T00:00:00Z); epoch 4, 4096 bytes read, opened in 12 ms.");
  }

  @Test
  void restored_whileItServes() {
    assertThat(RestoreLines.restored("orders", report(false, true, 4096, 0, false), false))
        .endsWith("4096 bytes read, opened in 12 ms, the rest is fetched while it serves.");
  }

  @Test
  void restored_forReadingOnly_judgesNoStop() {
    assertThat(RestoreLines.restored("orders", report(false, false, 4096, 0), true))
        .isEqualTo(
            "Store 'orders' opened for reading only from file:/data: version 17, 1.5 s old, 120"
                + " entries; owned by pid 17 on host web-1 since 2026-01-01T00:00:00Z, epoch 4, 4096"
                + " bytes read, opened in 12 ms.");
    assertThat(RestoreLines.restored("orders", report(false, true, 0, 0), true))
        .contains("; released by pid 17 on host web-1 since 2026-01-01T00:00:00Z, epoch 4");
  }

  @Test
  void cut_saysThatNothingConfirmedIsLost() {
    assertThat(RestoreLines.cut("orders", report(false, false, 4096, 57)))
        .isEqualTo(
            "Store 'orders': left out 57 bytes behind version 17 that are no whole commit: the write"
                + " that the end of the former process interrupted. Nothing confirmed was among"
                + " them.");
  }

  @Test
  void damage_namesThePolicyAndWhatItDescribes() {
    DamageReport damage =
        new DamageReport(
            "file:/data",
            DamagePolicy.EMPTY,
            List.of(new DamageReport.Finding("HEAD", -1, "is missing", -1)),
            List.of(),
            0,
            0,
            List.of());
    assertThat(RestoreLines.damage("orders", damage))
        .isEqualTo(
            "Store 'orders' came up in spite of damage, as its policy EMPTY says. Damage at"
                + " file:/data:\n  HEAD: is missing\nRestored: an empty state.");
  }
}
