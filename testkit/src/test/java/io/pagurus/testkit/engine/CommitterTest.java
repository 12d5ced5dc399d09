package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Durability;
import io.pagurus.State;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.Stateful;
import io.pagurus.internal.memory.MemoryStorage;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Threads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The committer gets its turn, whoever asks and whoever is in the way. */
@ExtendWith(LeakExtension.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommitterTest {
  private static final int UPDATERS = 16;
  private static final long BLOCK_NANOS = 3_000_000;

  @Stateful("bean")
  static final class Bean {
    @State long count;
  }

  /** More blocks than fit into one step of the committer's wait must not keep it from its cut. */
  @Test
  void manyUpdates_doNotKeepCommitsAway() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (StateStore store = StateStore.builder().backend(new MemoryStorage()).open();
        Threads threads = new Threads()) {
      Bean bean = store.bind(new Bean());
      for (int i = 0; i < UPDATERS; i++) {
        threads.run(
            () -> {
              while (!stop.get()) {
                store.update(
                    () -> {
                      bean.count++;
                      LockSupport.parkNanos(BLOCK_NANOS);
                    });
              }
            });
      }
      try {
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> bean.count > 10 && store.status().commits() > 10);
      } finally {
        stop.set(true);
      }
      threads.join();
    }
  }

  /** A demand that comes just too late for one commit must not swallow the next one. */
  @Test
  void checkpointsBesideSyncWrites_areAllAnswered() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (StateStore store =
            StateStore.builder()
                .backend(new MemoryStorage())
                .commitInterval(Duration.ofHours(1))
                .maxFlushWait(Duration.ofSeconds(20))
                .open();
        Threads threads = new Threads()) {
      StateMap<String, Integer> map =
          store.map("map", String.class, Integer.class).with(Durability.SYNC);
      threads.run(
          () -> {
            for (int i = 0; !stop.get(); i++) {
              map.put("k", i);
            }
          });
      try {
        for (int i = 0; i < 1_000; i++) {
          assertThat(store.dropCheckpoint(store.checkpoint("label").id())).isTrue();
        }
      } finally {
        stop.set(true);
      }
      threads.join();
    }
  }
}
