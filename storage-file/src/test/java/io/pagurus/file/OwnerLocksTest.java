package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreInUseException;
import io.pagurus.internal.log.Tip;
import io.pagurus.testkit.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who owns what, in this JVM and between processes. */
class OwnerLocksTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);

  @TempDir Path root;

  private OwnerLocks locks() {
    return OwnerLocks.in(root, "file:test", () -> {});
  }

  private OwnerLocks owning(long epoch) {
    OwnerLocks locks = locks();
    await(locks, epoch - 1, OwnershipPolicy.FAIL, LONG);
    locks.owning(epoch);
    return locks;
  }

  private static Tip await(OwnerLocks locks, long epoch, OwnershipPolicy policy, Duration wait) {
    return locks.await(Locks.looking(epoch), Locks.request(policy, wait));
  }

  private ForkedJvm fork(long epoch, OwnershipPolicy policy) {
    return ForkedJvm.of(LockMain.class)
        .args(root.toString(), Long.toString(epoch), policy.name())
        .start();
  }

  @Test
  void secondInOneJvm_isRefusedAndToldBywhom() {
    try (OwnerLocks first = owning(2);
        OwnerLocks second = locks()) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> await(second, 2, OwnershipPolicy.FAIL, LONG))
          .isInstanceOf(StoreInUseException.class)
          .hasMessage(
              "Store checkout in file:test is in use by pid 17 on host web-1 since"
                  + " 2026-01-01T00:00:00Z. The policy is FAIL, so nothing was waited for. Stop"
                  + " that process, wait longer, or take over with OwnershipPolicy.TAKE_OVER.");
      assertThatThrownBy(() -> await(second, 2, OwnershipPolicy.WAIT, SHORT))
          .isInstanceOf(StoreInUseException.class)
          .hasMessageContaining("Waited PT0.2S (maxOwnershipWait).");
    }
  }

  @Test
  void closedOwner_isFree() {
    owning(2).close();
    try (OwnerLocks second = owning(3);
        OwnerLocks third = locks()) {
      assertThat(second).isNotNull();
      assertThatThrownBy(() -> await(third, 3, OwnershipPolicy.FAIL, LONG))
          .isInstanceOf(StoreInUseException.class);
    }
  }

  @Test
  void contender_holdsTheNextEpochBeforeItExists() {
    try (OwnerLocks first = locks();
        OwnerLocks second = locks()) {
      assertThat(await(first, 1, OwnershipPolicy.FAIL, LONG).epoch()).isEqualTo(1);
      assertThatThrownBy(() -> await(second, 1, OwnershipPolicy.FAIL, LONG))
          .isInstanceOf(StoreInUseException.class);
      assertThatThrownBy(() -> await(second, 2, OwnershipPolicy.FAIL, LONG))
          .as("the seal is there, its maker does not know yet")
          .isInstanceOf(StoreInUseException.class);
      first.owning(2);
      assertThat(await(second, 1, OwnershipPolicy.TAKE_OVER, SHORT).epoch()).isEqualTo(1);
    }
  }

  @Test
  void goodbye_isFreeBeforeTheLockIs() {
    try (OwnerLocks first = owning(2);
        OwnerLocks second = locks()) {
      assertThat(first).isNotNull();
      Tip tip = second.await(() -> Locks.look(2, true), Locks.request(OwnershipPolicy.FAIL, LONG));
      assertThat(tip.epoch()).isEqualTo(2);
    }
  }

  @Test
  void takeOver_doesNotWait() {
    try (OwnerLocks first = owning(2);
        OwnerLocks second = locks();
        OwnerLocks third = locks()) {
      assertThat(await(second, 2, OwnershipPolicy.TAKE_OVER, LONG).epoch()).isEqualTo(2);
      second.owning(3);
      assertThatThrownBy(() -> await(third, 3, OwnershipPolicy.FAIL, LONG))
          .isInstanceOf(StoreInUseException.class);
      first.close();
      assertThatThrownBy(() -> await(third, 3, OwnershipPolicy.FAIL, LONG))
          .as("closing one user of the file lets go of its locks only")
          .isInstanceOf(StoreInUseException.class);
    }
  }

  @Test
  void waiting_endsWhenTheOwnerCloses() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (OwnerLocks second = locks()) {
      OwnerLocks first = owning(2);
      AtomicInteger looks = new AtomicInteger();
      Supplier<io.pagurus.internal.log.Turn.Look> look =
          () -> {
            if (looks.incrementAndGet() == 3) {
              first.close();
            }
            return Locks.look(2, false);
          };
      Future<Tip> tip =
          pool.submit(() -> second.await(look, Locks.request(OwnershipPolicy.WAIT, LONG)));
      assertThat(tip.get(10, TimeUnit.SECONDS).epoch()).isEqualTo(2);
      assertThat(looks.get()).isGreaterThanOrEqualTo(3);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void interruptedThread_losesNoLock() {
    try (OwnerLocks first = owning(2);
        OwnerLocks second = locks()) {
      assertThat(first).isNotNull();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> await(second, 2, OwnershipPolicy.WAIT, LONG))
          .isInstanceOf(StoreInUseException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
      try (ForkedJvm other = fork(2, OwnershipPolicy.FAIL)) {
        other.awaitPrefix("refused ");
      }
    }
  }

  @Test
  void otherProcess_isSeenUntilItDies() {
    try (ForkedJvm other = fork(1, OwnershipPolicy.FAIL);
        OwnerLocks mine = locks()) {
      other.await("owning 2");
      assertThatThrownBy(() -> await(mine, 2, OwnershipPolicy.FAIL, LONG))
          .isInstanceOf(StoreInUseException.class);
      other.kill();
      assertThat(await(mine, 2, OwnershipPolicy.WAIT, LONG).epoch()).isEqualTo(2);
    }
  }

  @Test
  void otherProcess_waitsForThisOne() throws Exception {
    OwnerLocks mine = owning(2);
    OwnerLocks alsoMine = locks();
    alsoMine.close(); // must not drop the locks of this process
    OwnerLocks again = locks();
    try (ForkedJvm refused = fork(2, OwnershipPolicy.FAIL)) {
      assertThat(refused.awaitPrefix("refused ")).contains("is in use by pid 17");
    }
    try (ForkedJvm waiting = fork(2, OwnershipPolicy.WAIT)) {
      mine.close();
      waiting.await("owning 3");
      assertThatThrownBy(() -> await(again, 3, OwnershipPolicy.FAIL, LONG))
          .isInstanceOf(StoreInUseException.class);
      waiting.send("");
      waiting.await("closed");
      assertThat(await(again, 3, OwnershipPolicy.FAIL, LONG).epoch()).isEqualTo(3);
    }
    again.close();
  }

  @Test
  void frozenProcess_isAliveAndOnlyTakenOver() {
    try (ForkedJvm other = fork(1, OwnershipPolicy.FAIL);
        OwnerLocks mine = locks()) {
      other.await("owning 2");
      other.signal(ForkedJvm.Signal.STOP);
      assertThatThrownBy(() -> await(mine, 2, OwnershipPolicy.WAIT, SHORT))
          .isInstanceOf(StoreInUseException.class);
      assertThat(await(mine, 2, OwnershipPolicy.TAKE_OVER, LONG).epoch()).isEqualTo(2);
    }
  }

  @Test
  void lockFile_isForItsOwnerOnly() throws Exception {
    owning(2).close();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(root.resolve(LockFile.NAME))))
        .isEqualTo("rw-------");
  }
}
