package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Checkpoint;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.CrashService;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.RandomSeed;
import io.pagurus.testkit.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1, P2 and P3 on files: a service with four writers is killed at a random moment, or another one
 * takes over from it, again and again on the same store.
 */
@Timeout(300)
@ExtendWith(LeakExtension.class)
class CrashTest {
  private static final int LONG_CYCLES = Integer.getInteger("pagurus.cycles", 200);

  @TempDir Path directory;
  private String options = "";
  private boolean small;
  private long confirmations;
  private int cycles;

  private String url() {
    return "file:" + directory.resolve("state") + options;
  }

  private StateStoreBuilder builder() {
    return small ? SmallService.builder(url()) : StateStore.builder().url(url());
  }

  private ForkedJvm service(String policy) {
    return ForkedJvm.of(small ? SmallService.class : CrashService.class)
        .jvmArgs("-Xmx256m", "-XX:TieredStopAtLevel=1")
        .args(url(), policy)
        .start();
  }

  @Test
  void sigkill_losesNothingConfirmed_andStaysConsistent() {
    RandomSeed.run(random -> cycles(random, 20, ForkedJvm.Signal.KILL));
  }

  /** What is not forced to the disk is still out of the process: a kill must not take it along. */
  @Test
  void sigkill_withDurabilityProcess_losesNothingConfirmed() {
    options = "?durability=process";
    RandomSeed.run(random -> cycles(random, 3, ForkedJvm.Signal.KILL));
  }

  @Test
  void sigkill_withCommitsInSlots_losesNothingConfirmed() {
    options = "?log=slots";
    RandomSeed.run(random -> cycles(random, 3, ForkedJvm.Signal.KILL));
  }

  @Test
  void sigterm_losesNothingThatReturned() {
    RandomSeed.run(random -> cycles(random, 20, ForkedJvm.Signal.TERM));
  }

  @Test
  void sigkillAndTakeOver_amidRollingCompactionAndGarbage_loseNothingConfirmed() {
    small = true;
    RandomSeed.run(random -> killsAndTakeOvers(random, 5));
    assertThatMuchWasDone();
  }

  @Test
  void sigterm_amidRollingCompactionAndGarbage_losesNothingThatReturned() {
    small = true;
    RandomSeed.run(random -> cycles(random, 5, ForkedJvm.Signal.TERM));
  }

  @Test
  @Tag("long")
  @Timeout(3_600)
  void sigkillAndTakeOver_manyTimes() {
    RandomSeed.run(random -> killsAndTakeOvers(random, LONG_CYCLES / 4));
  }

  @Test
  @Tag("long")
  @Timeout(3_600)
  void sigkillAndTakeOver_amidRollingCompactionAndGarbage_manyTimes() {
    small = true;
    RandomSeed.run(random -> killsAndTakeOvers(random, LONG_CYCLES * 3 / 4));
    assertThatMuchWasDone();
  }

  private void killsAndTakeOvers(Random random, int kills) {
    for (int i = 0; i < kills; i++) {
      if (i % 2 == 0) {
        cycles(random, 1, ForkedJvm.Signal.KILL);
      } else {
        takeOverAndKill(random);
      }
    }
  }

  private void cycles(Random random, int number, ForkedJvm.Signal signal) {
    for (int i = 0; i < number; i++) {
      List<String> lines = new ArrayList<>();
      try (ForkedJvm service = service("WAIT")) {
        lines.addAll(begin(service));
        pause(random.nextInt(500));
        end(service, signal);
        lines.addAll(service.takeLines());
      }
      check(new Said(lines), signal == ForkedJvm.Signal.TERM);
    }
  }

  /** The second one takes over from the living first, and is killed soon. */
  private void takeOverAndKill(Random random) {
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    try (ForkedJvm first = service("WAIT")) {
      before.addAll(begin(first));
      try (ForkedJvm second = service("TAKE_OVER")) {
        after.addAll(begin(second));
        for (int writer = 0; writer < CrashService.WRITERS; writer++) {
          before.addAll(
              linesUntil(first, line -> line.startsWith("END "), "the end of a fenced writer"));
          assertThat(before.get(before.size() - 1)).endsWith(" OwnershipLostException");
        }
        pause(random.nextInt(300));
        end(second, ForkedJvm.Signal.KILL);
        after.addAll(second.takeLines());
      }
      end(first, ForkedJvm.Signal.KILL);
      before.addAll(first.takeLines());
    }
    new Said(before).checkTakenOverBy(new Said(after), "cycle " + cycles);
    check(new Said(after), false);
  }

  /** Until some step has returned, so that every cycle has something to lose. */
  private static List<String> begin(ForkedJvm service) {
    return linesUntil(service, line -> line.startsWith("A "), "step that returned");
  }

  private static List<String> linesUntil(
      ForkedJvm service, java.util.function.Predicate<String> last, String what) {
    List<String> lines = new ArrayList<>();
    service.awaitLine(
        line -> {
          lines.add(line);
          return last.test(line);
        },
        what,
        Duration.ofSeconds(60));
    return lines;
  }

  private static void end(ForkedJvm service, ForkedJvm.Signal signal) {
    service.signal(signal);
    int exit = service.awaitExit(Duration.ofSeconds(30));
    assertThat(exit).as(service.stderr()).isEqualTo(signal == ForkedJvm.Signal.KILL ? 137 : 143);
  }

  private static void pause(int millis) {
    long until = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void check(Said said, boolean clean) {
    String cycle = "cycle " + cycles++;
    confirmations += said.confirmations();
    try (StateStore store = builder().open()) {
      assertThat(store.status().restore().cleanStop()).as(cycle).isEqualTo(clean);
      assertThat(store.status().restore().damage()).as(cycle).isNull();
      CrashService.Numbers numbers = store.bind(new CrashService.Numbers());
      assertThat(numbers.isRestored()).as(cycle).isTrue();
      assertConsistent(store, numbers, cycle);
      said.check(numbers, clean, cycle);
      if (small && cycles % 3 == 0) {
        visitCheckpoints(store, numbers, cycle);
        said.check(numbers, clean, cycle + ", back from its checkpoints");
      }
    }
  }

  private static void assertConsistent(
      StateStore store, CrashService.Numbers numbers, String when) {
    assertThat(numbers.faults()).as("%s: one consistent cut", when).isEmpty();
    assertThat(SmallService.torn(store)).as("%s: one consistent cut", when).isEmpty();
  }

  /** Each checkpoint is a consistent cut, too; afterwards the store is as before. */
  private static void visitCheckpoints(
      StateStore store, CrashService.Numbers numbers, String when) {
    Checkpoint now = store.checkpoint("now");
    for (Checkpoint checkpoint : store.checkpoints()) {
      store.restore(checkpoint.id());
      assertConsistent(store, numbers, when + ", " + checkpoint);
    }
    store.restore(now.id());
    store.checkpoints().stream()
        .filter(checkpoint -> checkpoint.label() != null)
        .forEach(checkpoint -> store.dropCheckpoint(checkpoint.id()));
  }

  /** Else the kills could not have landed there. */
  private void assertThatMuchWasDone() {
    try (Stream<Path> logs = Files.list(directory.resolve("state/default/c"));
        Stream<Path> segments = Files.walk(directory.resolve("state/default/s"))) {
      List<Path> parts = logs.filter(file -> file.toString().endsWith(".log")).toList();
      int highest =
          parts.stream()
              .mapToInt(file -> Integer.parseInt(file.getFileName().toString().split("\\.")[1], 16))
              .max()
              .orElse(0);
      long bases = segments.filter(Files::isRegularFile).count();
      System.out.printf(
          "%d cycles, %d confirmations; %d parts left, the highest is %d, %d segments left%n",
          cycles, confirmations, parts.size(), highest, bases);
      assertThat(bases).as("segments").isPositive();
      assertThat(parts.size()).as("parts that are left of very many").isLessThan(1_000);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
