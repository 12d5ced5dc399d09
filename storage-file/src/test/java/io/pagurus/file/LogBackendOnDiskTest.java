package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.Checkpoint;
import io.pagurus.CorruptStateException;
import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.LeaseTurn;
import io.pagurus.internal.log.LiveTables;
import io.pagurus.internal.log.LogBackend;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.LogStorage;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.internal.log.Workers;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.OwnerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a simulation found once, step by step. */
class LogBackendOnDiskTest {
  private static final Path ROOT = Path.of("/data/store");
  private static final CommitResult COMMITTED = new CommitResult.Committed();

  /** So that a fault can open the store again while the disk is in a call. */
  private static final Workers ON_THIS_THREAD =
      new Workers() {
        @Override
        public boolean parallel() {
          return false;
        }
      };

  private SimulatedDisk disk = new SimulatedDisk(1);

  private LogBackend open(boolean slots) {
    OwnerId self = new OwnerId(UUID.randomUUID(), 1, "here", "", Instant.EPOCH, Instant.EPOCH);
    Directories directories = new Directories(disk, ROOT);
    try {
      directories.need(ROOT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    WriteOnceFiles files = new WriteOnceFiles(disk, directories, self.id());
    ObjectStore objects = new DirectoryObjectStore(disk, directories, files);
    CommitLog log =
        slots ? new SlotLog(objects) : new AppendFileLog(disk, directories, files, 64 << 20);
    LogStorage storage =
        new LogStorage(
            "disk",
            objects,
            log,
            new LeaseTurn(),
            LiveTables.heap(),
            BackendInfo.Survives.POWER_CUT,
            Duration.ofMillis(20),
            null,
            LogSettings.DEFAULT);
    return new LogBackend(
        storage,
        new BackendRequest(
            null,
            "store",
            self,
            OwnershipPolicy.TAKE_OVER,
            Duration.ofMillis(200),
            Duration.ofMillis(100),
            DamagePolicy.FAIL,
            false,
            Clock.systemUTC()),
        ON_THIS_THREAD);
  }

  private LogBackend own() {
    return own(false);
  }

  private LogBackend own(boolean slots) {
    LogBackend backend = open(slots);
    backend.acquire();
    return backend;
  }

  private static Commit commit(
      long version, String value, @Nullable Checkpoint checkpoint, @Nullable String restoreTo) {
    return new Commit(
        1,
        version,
        UUID.randomUUID(),
        Instant.EPOCH,
        List.of(),
        List.of(new Change(1, utf8("key"), utf8(value))),
        checkpoint == null ? List.of() : List.of(checkpoint),
        List.of(),
        restoreTo,
        false);
  }

  private static Commit commit(long version, String value) {
    return commit(version, value, null, null);
  }

  private static Checkpoint checkpoint(String id, long version) {
    return new Checkpoint(id, null, version, Instant.EPOCH);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void restore_whenTheLogCannotBeListed_isAppendedOnce() {
    try (LogBackend backend = own()) {
      assertThat(backend.commit(commit(1, "one", checkpoint("c", 1), null))).isEqualTo(COMMITTED);
      disk.failNext(SimulatedDisk.Call.LIST);
      Commit restore = commit(2, "two", checkpoint("undo", 1), "c");
      while (backend.commit(restore) instanceof CommitResult.TryAgain) {
        continue;
      }
      disk.fault((call, path) -> {});
      assertThat(backend.commit(commit(3, "three"))).isEqualTo(COMMITTED);
    }
    try (LogBackend backend = own()) {
      assertThat(backend.get(1, utf8("key"))).isEqualTo(utf8("three"));
    }
  }

  @Test
  void checkpointInAFrameThatWasNeverForced_isCarriedOver() {
    for (int seed = 0; seed < 20; seed++) {
      disk = new SimulatedDisk(seed);
      carryOver();
    }
  }

  private void carryOver() {
    boolean[] down = {false};
    try (LogBackend backend = own()) {
      assertThat(backend.commit(commit(1, "one"))).isEqualTo(COMMITTED);
      disk.fault(
          (call, path) -> {
            if (call == SimulatedDisk.Call.FORCE && !down[0] && path.endsWith(part())) {
              down[0] = true;
              own().close(); // it reads what is written and not forced
              disk.cutPower();
              throw new IOException("the machine went down");
            }
          });
      assertThat(backend.commit(commit(2, "two", checkpoint("c", 2), null)))
          .isNotEqualTo(COMMITTED);
      assertThat(down[0]).isTrue();
    }
    try (LogBackend backend = own()) {
      assertThat(backend.checkpoints()).hasSize(1);
      assertThat(backend.commit(commit(3, "three", checkpoint("undo", 2), "c")))
          .isEqualTo(COMMITTED);
    }
  }

  private static String part() {
    return new LogNames.Part(2, 0).file();
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.SECONDS)
  void acquire_whenNoSealCanBeMade_endsWithItsWait() {
    own().close();
    disk.fault(
        (call, path) -> {
          if (call == SimulatedDisk.Call.LINK) {
            throw new IOException("simulated");
          }
        });
    assertCannotAcquire("did not take the seal");
    disk.fault((call, path) -> {});
    disk.room(0);
    assertCannotAcquire("No space left");
    disk.room(Long.MAX_VALUE);
    own().close();
  }

  private void assertCannotAcquire(String why) {
    try (LogBackend backend = open(false)) {
      assertThatThrownBy(backend::acquire)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(why);
    }
  }

  @Test
  void ownerWhoseLogBroke_isNotToldThatItLostTheStore() {
    try (LogBackend backend = own()) {
      assertThat(backend.commit(commit(1, "one"))).isEqualTo(COMMITTED);
      boolean[] broke = {false};
      disk.fault(
          (call, path) -> {
            broke[0] |= call == SimulatedDisk.Call.FORCE && path.endsWith(part());
            if (broke[0] && call != SimulatedDisk.Call.LINK && path.endsWith(part())) {
              throw new IOException("simulated");
            }
            if (broke[0] && call == SimulatedDisk.Call.LIST) {
              throw new IOException("simulated");
            }
          });
      Commit second = commit(2, "two");
      assertThat(backend.commit(second)).isInstanceOf(CommitResult.TryAgain.class);
      disk.fault((call, path) -> {});
      assertThat(backend.currentOwnerUnless(2)).as("its own seal is there").isNull();
      assertThat(backend.commit(second)).isEqualTo(COMMITTED);
    }
  }

  @Test
  void newestCommitMissingBehindItsSeal_isDamage() throws IOException {
    try (LogBackend backend = own(true)) {
      assertThat(backend.commit(commit(1, "one"))).isEqualTo(COMMITTED);
      assertThat(backend.commit(commit(2, "two"))).isEqualTo(COMMITTED);
    }
    own(true).close();
    disk.delete(ROOT.resolve("c").resolve(inverted(2)).resolve(inverted(2)));
    try (LogBackend backend = open(true)) {
      assertThatThrownBy(backend::acquire)
          .isInstanceOf(CorruptStateException.class)
          .hasMessageContaining("commit 2, the newest one, is missing");
    }
  }

  private static String inverted(long number) {
    return "%016x".formatted(Long.MAX_VALUE - number);
  }

  @Test
  void sealOfAnEpochWithoutCommits_isMadeDurableBeforeTheNextOne() {
    own(true).close();
    own(true).close();
    disk.fault(
        (call, path) -> {
          if (call == SimulatedDisk.Call.FORCE_DIRECTORY && path.toString().contains("/c/")) {
            throw new IOException("simulated");
          }
        });
    try (LogBackend backend = open(true)) {
      assertThatThrownBy(backend::acquire).isInstanceOf(StoreUnavailableException.class);
    }
    disk.fault((call, path) -> {});
    int[] forced = {0};
    disk.fault(
        (call, path) -> {
          if (call == SimulatedDisk.Call.FORCE_DIRECTORY && path.toString().contains("/c/")) {
            forced[0]++;
          }
        });
    own(true).close();
    assertThat(forced[0]).as("the epoch before, and the own seal").isGreaterThanOrEqualTo(2);
  }
}
