package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateException;
import io.pagurus.StateStore;
import io.pagurus.testkit.CrashService;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Machine;
import io.pagurus.testkit.MountedDisk;
import io.pagurus.testkit.RandomSeed;
import io.pagurus.testkit.Said;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P1 and P2 when the machine loses its power: a disk that forgets what was not forced. */
@Tag("long")
@Timeout(600)
@ExtendWith(LeakExtension.class)
class PowerCutTest {
  private static final int CYCLES = Integer.getInteger("pagurus.cycles", 10);

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void powerCut_losesNothingConfirmed_andStaysConsistent(String type) {
    Machine.needsRootAnd("mkfs." + type, "mount", "python3");
    RandomSeed.run(
        random -> {
          try (MountedDisk disk = MountedDisk.inAFile(directory, type)) {
            String url = "jdbc:h2:" + disk.path().resolve("deep/state");
            for (int cycle = 0; cycle < CYCLES; cycle++) {
              Said said = runAndCut(disk, url, random);
              try (StateStore store = StateStore.open(url)) {
                CrashService.Numbers numbers = store.bind(new CrashService.Numbers());
                assertThat(numbers.faults()).as("%s %s", type, cycle).isEmpty();
                assertThat(store.status().restore().cleanStop()).isFalse();
                said.check(numbers, false, type + " " + cycle);
              }
            }
          }
        });
  }

  /** The test above can fail: without the force, a power cut does cost what was confirmed. */
  @Test
  void powerCut_withDurabilityProcess_losesConfirmations() {
    Machine.needsRootAnd("mkfs.ext4", "mount", "python3");
    RandomSeed.run(
        random -> {
          int losses = 0;
          try (MountedDisk disk = MountedDisk.inAFile(directory, "ext4")) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
              String url = "jdbc:h2:" + disk.path().resolve("state" + cycle);
              Said said = runAndCut(disk, url + "?durability=process", random);
              try (StateStore store = StateStore.open(url)) {
                CrashService.Numbers numbers = store.bind(new CrashService.Numbers());
                losses += said.lost(numbers).isEmpty() ? 0 : 1;
              } catch (StateException e) {
                losses++; // not even the file is whole
              }
            }
          }
          System.out.println(losses + " of " + CYCLES + " power cuts cost confirmations");
          assertThat(losses).isPositive();
        });
  }

  private static Said runAndCut(MountedDisk disk, String url, Random random) {
    List<String> lines = new ArrayList<>();
    try (ForkedJvm service = ForkedJvm.of(CrashService.class).args(url).start()) {
      service.await("READY");
      lines.add("D " + service.awaitPrefix("D "));
      long until = System.nanoTime() + Duration.ofMillis(random.nextInt(500)).toNanos();
      while (System.nanoTime() < until) {
        LockSupport.parkNanos(1_000_000);
      }
      disk.cutPower(() -> lines.addAll(service.takeLines()));
      service.kill();
    }
    disk.restart();
    return new Said(lines);
  }
}
