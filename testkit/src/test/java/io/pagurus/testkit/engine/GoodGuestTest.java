package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.State;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.Stateful;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.LeakExtension;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A closed store leaves nothing behind in the JVM. */
@ExtendWith(LeakExtension.class)
class GoodGuestTest {
  private static final int OPENS = 1_000;

  /** What is kept for each open and closed store would be far above this. */
  private static final long MOST_BYTES_PER_OPEN = 4_000;

  @Stateful("bean")
  static final class Bean {
    @State int field;
  }

  static Stream<FaultyStorage> storages() {
    return Stream.of(Storages.local(), Storages.remote());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("pagurus-"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("storages")
  void close_leavesNoThread(FaultyStorage storage) {
    StateStore store = StateStore.builder().backend(storage).open();
    use(store);
    assertThat(threads()).isNotEmpty();
    store.close();
    Awaitility.await().until(() -> threads().isEmpty());
    assertThat(storage.openBackends()).isZero();
  }

  private static void use(StateStore store) {
    StateMap<String, byte[]> map = store.map("m", String.class, byte[].class);
    map.put("k", new byte[10_000]);
    map.get("absent");
    Bean bean = store.bind(new Bean());
    store.update(() -> bean.field++);
    store.whenDurable().toCompletableFuture().join();
  }

  @Test
  void openAndClose_aThousandTimes_growsNothing() {
    FaultyStorage storage = Storages.remote();
    openAndClose(storage, 100); // what is made once, is made
    long before = usedBytes();
    int threadsBefore = Thread.activeCount();
    openAndClose(storage, OPENS);
    Awaitility.await().until(() -> threads().isEmpty());
    assertThat(Thread.activeCount()).isLessThanOrEqualTo(threadsBefore + 5);
    assertThat(usedBytes() - before).isLessThan(OPENS * MOST_BYTES_PER_OPEN);
    assertThat(storage.openBackends()).isZero();
  }

  private static void openAndClose(FaultyStorage storage, int times) {
    for (int i = 0; i < times; i++) {
      try (StateStore store = StateStore.builder().backend(storage).open()) {
        use(store);
      }
    }
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
