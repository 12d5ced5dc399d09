package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Lifecycle;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.StoreState;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Threads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What tests of waiting have in common: stores that wait for a moment only, on storage that can be
 * told to stand still. Whatever hangs fails by the timeout.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(LeakExtension.class)
abstract class HangTest {
  /** The bound of every wait of a store under test. */
  static final Duration SHORT = Duration.ofMillis(300);

  /** A bound that no test reaches. */
  static final Duration LONG = Duration.ofMinutes(10);

  final FaultyStorage storage;
  final Threads threads = new Threads();
  private final Deque<StateStore> opened = new ArrayDeque<>();

  HangTest(FaultyStorage storage) {
    this.storage = storage;
  }

  /** A store that commits when it is asked to, and gives up every wait soon. */
  final StateStore open() {
    return open(settings -> settings);
  }

  final StateStore open(UnaryOperator<StateStoreBuilder> settings) {
    StateStoreBuilder builder =
        StateStore.builder()
            .backend(storage)
            .commitInterval(LONG)
            .captureInterval(LONG)
            .maxWriteWait(SHORT)
            .maxReadWait(SHORT)
            .maxFlushWait(SHORT)
            .gracePeriod(Duration.ofSeconds(2))
            .lifecycle(Lifecycle.EXTERNAL);
    StateStore store = settings.apply(builder).open();
    opened.push(store);
    return store;
  }

  static StateMap<String, Integer> map(StateStore store) {
    return store.map("m", String.class, Integer.class);
  }

  /** Waits for {@code latch} in a block or a callback. */
  static void await(CountDownLatch latch) {
    try {
      Threads.await(latch);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Closes stores that a test left open; one whose storage failed for good may say so. */
  @AfterEach
  final void closeAll() {
    storage.heal();
    threads.close();
    while (!opened.isEmpty()) {
      StateStore store = opened.pop();
      StoreState before = store.status().state();
      try {
        store.close();
      } catch (RuntimeException e) {
        assertThat(before).as("%s", e).isEqualTo(StoreState.FAILED);
      }
    }
    // A close that gave up leaves the backend to the committer, which comes back only now.
    Awaitility.await().until(() -> storage.openBackends() == 0);
  }
}
