package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateStore;
import io.pagurus.testkit.CrashService;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 and P2 on embedded H2: a service with four writers is killed at a random moment, again and
 * again on the same store.
 */
@ExtendWith(LeakExtension.class)
class CrashTest {
  @TempDir Path directory;
  private String options = "";

  @Test
  void sigkill_losesNothingConfirmed_andStaysConsistent() {
    RandomSeed.run(1, random -> rounds(random, 20, ForkedJvm.Signal.KILL));
  }

  /** What is not forced to the disk is still out of the process: a kill must not take it along. */
  @Test
  void sigkill_withDurabilityProcess_losesNothingConfirmed() {
    options = "?durability=process";
    RandomSeed.run(1, random -> rounds(random, 5, ForkedJvm.Signal.KILL));
  }

  @Test
  void sigterm_losesNothingThatReturned() {
    RandomSeed.run(1, random -> rounds(random, 20, ForkedJvm.Signal.TERM));
  }

  @Test
  @Tag("long")
  void sigkillAndSigterm_twoHundredTimes() {
    RandomSeed.run(
        1,
        random -> {
          for (int i = 0; i < 20; i++) {
            rounds(random, 5, ForkedJvm.Signal.KILL);
            rounds(random, 5, ForkedJvm.Signal.TERM);
          }
        });
  }

  private void rounds(Random random, int rounds, ForkedJvm.Signal signal) {
    String url = "jdbc:h2:" + directory.resolve("state") + options;
    for (int round = 0; round < rounds; round++) {
      Said said = runAndKill(url, signal, random.nextInt(500));
      try (StateStore store = StateStore.open(url)) {
        CrashService.Numbers numbers = store.bind(new CrashService.Numbers());
        assertThat(numbers.faults()).as("round %s: one consistent cut", round).isEmpty();
        assertThat(store.status().restore().cleanStop()).isEqualTo(signal == ForkedJvm.Signal.TERM);
        said.check(numbers, signal == ForkedJvm.Signal.TERM, "round " + round);
      }
    }
  }

  private static Said runAndKill(String url, ForkedJvm.Signal signal, int millis) {
    try (ForkedJvm service = ForkedJvm.of(CrashService.class).args(url).start()) {
      service.await("READY");
      // Some step has returned, so every round has something to lose.
      List<String> lines = new ArrayList<>();
      lines.add(service.awaitPrefix("A "));
      long until = System.nanoTime() + Duration.ofMillis(millis).toNanos();
      while (System.nanoTime() < until) {
        LockSupport.parkNanos(1_000_000);
      }
      service.signal(signal);
      int exit = service.awaitExit(Duration.ofSeconds(30));
      assertThat(exit).as(service.stderr()).isEqualTo(signal == ForkedJvm.Signal.KILL ? 137 : 143);
      lines.addAll(service.takeLines());
      return new Said(lines);
    }
  }
}
