package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.Finding;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.Commit;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.LeakExtension;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The committer keeps what is unsaved small enough for a stop. The interval is an hour everywhere,
 * so a commit that nobody asks for can only come from the cadence.
 */
@ExtendWith(LeakExtension.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CadenceInUseTest {
  private static final int PIECE = 100_000;
  private static final byte[] BYTES = new byte[PIECE];

  /** A stop has 2 s, of which the final save should take 667 ms. */
  private static StateStoreBuilder builder(FaultyStorage storage) {
    return StateStore.builder()
        .backend(storage)
        .gracePeriod(Duration.ofSeconds(3))
        .commitInterval(Duration.ofHours(1));
  }

  /** 600,000 bytes in at least 300 ms: at most 2 MB/s, so at most 1.33 MB are saved in 667 ms. */
  private static void measure(
      FaultyStorage storage, StateStore store, StateMap<Integer, byte[]> map) {
    storage.beforeCommit(commit -> take(Duration.ofMillis(300)));
    for (int i = 0; i < 6; i++) {
      map.put(i, BYTES);
    }
    store.flush();
    storage.beforeCommit(commit -> {});
  }

  private static void take(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  @Test
  void backlogThatAStopCouldHardlySave_isCommittedBeforeTheInterval() {
    FaultyStorage storage = Storages.local();
    try (StateStore store = builder(storage).open()) {
      StateMap<Integer, byte[]> map = store.map("m", Integer.class, byte[].class);
      measure(storage, store, map);
      long before = store.status().commits();
      for (int i = 0; i < 13; i++) {
        map.put(100 + i, BYTES);
      }
      Awaitility.await().until(() -> store.status().commits() > before);
    }
  }

  @Test
  void writersWait_whenMoreIsUnsavedThanAStopCouldSave() {
    FaultyStorage storage = Storages.local();
    try (StateStore store = builder(storage).maxWriteWait(Duration.ofMillis(50)).open()) {
      StateMap<Integer, byte[]> map = store.map("m", Integer.class, byte[].class);
      measure(storage, store, map);
      storage.haltCommits();
      try {
        assertThatThrownBy(
                () -> {
                  for (int i = 0; i < 100; i++) {
                    map.put(1_000 + i, BYTES);
                  }
                })
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("measured to save in the time a stop has")
            .hasMessageContaining("Nothing was written");
        // 2 MB/s for 667 ms, and the one write that was let in when it was nearly full.
        assertThat(store.status().pendingBytes()).isLessThan(1_340_000 + 2 * PIECE);
      } finally {
        storage.goOn();
      }
    }
  }

  @Test
  void storageTooSlow_isAFindingUntilItIsFasterAgain() {
    FaultyStorage storage = Storages.local();
    try (StateStore store = builder(storage).gracePeriod(Duration.ofMillis(300)).open()) {
      StateMap<Integer, byte[]> map = store.map("m", Integer.class, byte[].class);
      assertThat(store.status().findings()).isEmpty();
      storage.beforeCommit(commit -> take(Duration.ofMillis(80))); // a share of 50 ms
      map.put(1, new byte[1]);
      store.flush();
      assertThat(store.status().findings())
          .singleElement()
          .extracting(Finding::id)
          .isEqualTo("storage-too-slow");

      storage.beforeCommit(commit -> {});
      Awaitility.await()
          .until(
              () -> {
                map.put(1, new byte[1]);
                store.flush();
                return store.status().findings().isEmpty();
              });
    }
  }

  /** What waits for the longest interval is not lost to a wrong statement about it. */
  @Test
  void lossWindow_coversTheLongestInterval() {
    try (StateStore store =
        builder(Storages.local())
            .commitInterval(Duration.ofMillis(5))
            .maxCommitInterval(Duration.ofHours(2))
            .open()) {
      assertThat(store.status().lossWindow()).isGreaterThanOrEqualTo(Duration.ofHours(2));
    }
  }

  @Test
  void littleWaitsForTheLongestInterval_muchDoesNot() {
    FaultyStorage storage = Storages.local();
    try (StateStore store =
        builder(storage)
            .commitInterval(Duration.ofMillis(1))
            .maxCommitInterval(Duration.ofHours(1))
            .open()) {
      StateMap<Integer, byte[]> map = store.map("m", Integer.class, byte[].class);
      store.flush(); // the name of the map
      int[] changes = {0};
      storage.beforeCommit((Commit commit) -> changes[0] = commit.changes().size());
      long before = store.status().commits();
      map.put(1, new byte[10]);
      map.put(2, new byte[10]);
      map.put(3, new byte[64 << 10]);
      Awaitility.await().until(() -> store.status().commits() > before);
      assertThat(changes[0]).as("one commit for all three").isEqualTo(3);
    }
  }
}
