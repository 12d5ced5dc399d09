package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.StoreInUseException;
import io.pagurus.testkit.CrashService;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Said;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** P3: a process that is stopped by SIGSTOP inside of a commit, and goes on after a take-over. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(LeakExtension.class)
class FrozenOwnerTest {
  @TempDir Path directory;

  private String url() {
    return "file:" + directory.resolve("state");
  }

  private StateStoreBuilder successor(OwnershipPolicy policy) {
    return StateStore.builder().url(url()).ownership(policy);
  }

  private ForkedJvm owner(FreezingFiles.Step step) {
    return ForkedJvm.of(FrozenOwner.class).jvmArgs("-Xmx128m").args(url(), step.name()).start();
  }

  /** What the zombie must say once it is awake: nothing is confirmed, everything refused. */
  private static void assertFenced(ForkedJvm zombie) {
    assertThat(zombie.awaitPrefix("COMMIT ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("PUT ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("FLUSH ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("UPDATE ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("VERIFY ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("STATE ")).isEqualTo("FENCED");
    assertThat(zombie.awaitPrefix("CLOSE ")).isEqualTo("done");
    assertThat(zombie.awaitPrefix("CALLBACKS ")).isEqualTo("1");
    assertThat(zombie.awaitExit(Duration.ofSeconds(30))).as(zombie.stderr()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void ownerFrozenInACommit_isFenced_whenItWakesUp(FreezingFiles.Step step) {
    try (ForkedJvm zombie = owner(step)) {
      zombie.await("INSIDE");
      zombie.signal(ForkedJvm.Signal.STOP);
      try (StateStore now = successor(OwnershipPolicy.TAKE_OVER).open()) {
        StateMap<String, String> map = now.map("map", String.class, String.class);
        // Fenced means not confirmed: what was written whole counts.
        assertThat(map.get("key"))
            .isEqualTo(step == FreezingFiles.Step.WRITE ? "before" : "zombie");
        assertThat(now.status().restore().cleanStop()).isFalse();
        map.put("key", "successor");
        now.flush();
        long version = now.status().version();
        zombie.send("now");
        zombie.signal(ForkedJvm.Signal.CONT);
        assertFenced(zombie);
        assertThat(map.get("key")).isEqualTo("successor");
        now.verifyOwnership();
        assertThat(now.status().version()).isGreaterThanOrEqualTo(version);
      }
      try (StateStore later = successor(OwnershipPolicy.FAIL).open()) {
        assertThat(later.map("map", String.class, String.class).get("key")).isEqualTo("successor");
        assertThat(later.status().restore().cleanStop()).isTrue();
      }
    }
  }

  /** The one who takes over ends as well before the zombie wakes: nobody holds the store then. */
  @ParameterizedTest
  @EnumSource
  void ownerFrozenInACommit_isFenced_evenWhenItsSuccessorIsGone(FreezingFiles.Step step) {
    try (ForkedJvm zombie = owner(step)) {
      zombie.await("INSIDE");
      zombie.signal(ForkedJvm.Signal.STOP);
      try (StateStore now = successor(OwnershipPolicy.TAKE_OVER).open()) {
        now.map("map", String.class, String.class).put("key", "successor");
      }
      zombie.send("now");
      zombie.signal(ForkedJvm.Signal.CONT);
      assertFenced(zombie);
      try (StateStore later = successor(OwnershipPolicy.FAIL).open()) {
        assertThat(later.map("map", String.class, String.class).get("key")).isEqualTo("successor");
      }
    }
  }

  @Test
  void ownerFrozenUnderLoad_confirmsNothingThatTheSuccessorDidNotFind() {
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    try (ForkedJvm zombie = ForkedJvm.of(CrashService.class).args(url()).start()) {
      zombie.await("READY");
      zombie.awaitPrefix("D ");
      zombie.signal(ForkedJvm.Signal.STOP);
      try (ForkedJvm now = ForkedJvm.of(CrashService.class).args(url(), "TAKE_OVER").start()) {
        take(now, after, "D ");
        zombie.signal(ForkedJvm.Signal.CONT);
        for (int writer = 0; writer < CrashService.WRITERS; writer++) {
          assertThat(take(zombie, before, "END ")).endsWith(" OwnershipLostException");
        }
        take(now, after, "D ");
        now.kill();
        after.addAll(now.takeLines());
      }
      zombie.kill();
      before.addAll(zombie.takeLines());
    }
    new Said(before).checkTakenOverBy(new Said(after), "frozen under load");
    try (StateStore store = successor(OwnershipPolicy.FAIL).open()) {
      CrashService.Numbers numbers = store.bind(new CrashService.Numbers());
      assertThat(numbers.faults()).isEmpty();
      new Said(after).check(numbers, false, "frozen under load");
    }
  }

  private static String take(ForkedJvm service, List<String> lines, String prefix) {
    return service.awaitLine(
        line -> {
          lines.add(line);
          return line.startsWith(prefix);
        },
        "line that begins with " + prefix,
        Duration.ofSeconds(30));
  }

  @Test
  void wait_lastsAsLongAsTheOwnerLives_evenFrozen_andEndsWithItsDeath() throws Exception {
    try (ForkedJvm owner = ForkedJvm.of(CrashService.class).args(url()).start()) {
      owner.await("READY");
      owner.awaitPrefix("D ");
      // A lease long over says nothing where the system knows who lives.
      StateStoreBuilder patient =
          successor(OwnershipPolicy.WAIT)
              .lease(Duration.ofMillis(100))
              .maxOwnershipWait(Duration.ofSeconds(60));
      assertThatThrownBy(patient.maxOwnershipWait(Duration.ofSeconds(1))::open)
          .isInstanceOf(StoreInUseException.class)
          .hasMessageContaining("pid " + owner.pid())
          .hasMessageContaining("maxOwnershipWait");
      owner.signal(ForkedJvm.Signal.STOP);
      assertThatThrownBy(patient.maxOwnershipWait(Duration.ofSeconds(1))::open)
          .isInstanceOf(StoreInUseException.class);
      CompletableFuture<StateStore> waiting =
          CompletableFuture.supplyAsync(patient.maxOwnershipWait(Duration.ofSeconds(60))::open);
      owner.kill();
      long killed = System.nanoTime();
      try (StateStore store = waiting.get()) {
        Duration took = Duration.ofNanos(System.nanoTime() - killed);
        System.out.println("WAIT went on " + took.toMillis() + " ms after the kill");
        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(store.bind(new CrashService.Numbers()).faults()).isEmpty();
      }
    }
  }

  @Test
  void fail_namesProcessAndHost_andSucceedsAtOnceAfterTheKill() {
    try (ForkedJvm owner =
        ForkedJvm.of(CrashService.class).environment("HOSTNAME", "crab").args(url()).start()) {
      owner.await("READY");
      assertThatThrownBy(successor(OwnershipPolicy.FAIL)::open)
          .isInstanceOf(StoreInUseException.class)
          .hasMessageContaining("pid " + owner.pid())
          .hasMessageContaining("on host crab")
          .hasMessageContaining("TAKE_OVER");
      owner.awaitPrefix("D "); // it was not disturbed
      owner.kill();
      try (StateStore store = successor(OwnershipPolicy.FAIL).open()) {
        assertThat(store.status().restore().cleanStop()).isFalse();
      }
    }
  }
}
