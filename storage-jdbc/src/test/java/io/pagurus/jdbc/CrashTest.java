package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateStore;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.RandomSeed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 and P2 on embedded H2: a service with four writers is killed at a random moment, again and
 * again on the same store.
 */
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
        said.check(numbers, signal == ForkedJvm.Signal.TERM, round);
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

  /** What the service has said before it died. */
  private record Said(List<String> lines) {
    void check(CrashService.Numbers numbers, boolean clean, int round) {
      long safeBefore = 0;
      for (String line : lines) {
        if (line.startsWith("W ") && line.length() == 15) {
          safeBefore = Math.max(safeBefore, Long.parseLong(line.substring(2)));
        }
      }
      int confirmed = 0;
      for (String line : lines) {
        String[] words = line.split(" ");
        // The last line may be cut off in the middle of a number; it then says too little, not
        // more.
        if (words[0].equals("D") && words.length == 3) {
          confirmed++;
          assertThat(found(numbers, words)).as("round %s: confirmed %s", round, line).isTrue();
        } else if (words[0].equals("A")
            && words.length == 4
            && words[3].length() == 13
            && !found(numbers, words)) {
          assertThat(clean)
              .as("round %s: returned before SIGTERM saved: %s", round, line)
              .isFalse();
          assertThat(Long.parseLong(words[3]))
              .as("round %s: lost, but older than the stated loss window: %s", round, line)
              .isGreaterThanOrEqualTo(safeBefore);
        }
      }
      System.out.printf("round %d: %d lines, %d confirmations%n", round, lines.size(), confirmed);
    }

    private static boolean found(CrashService.Numbers numbers, String[] words) {
      return numbers.map.getOrDefault(Integer.parseInt(words[1]), 0L) >= Long.parseLong(words[2]);
    }
  }
}
