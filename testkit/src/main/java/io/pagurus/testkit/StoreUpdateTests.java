package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.pagurus.Durability;
import io.pagurus.OwnershipLostException;
import io.pagurus.Scan;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
import io.pagurus.StoreBusyException;
import io.pagurus.StoreClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What {@link StateStore#update} promises: all or nothing, once, one after the other. */
interface StoreUpdateTests {
  StoreFixture fixture();

  private static StateMap<String, Integer> map(StateStore store) {
    return store.map("m", String.class, Integer.class);
  }

  @Test
  default void update_seesItsOwnChanges() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    StateValue<String> value = store.value("v", String.class);
    StateCounter counter = store.counter("c");
    map.putAll(Map.of("durable", 1, "removed", 2));
    store.flush();
    map.put("pending", 3);
    store.update(
        () -> {
          map.put("new", 4);
          map.put("durable", 10);
          map.remove("removed");
          assertThat(map.get("new")).isEqualTo(4);
          assertThat(map.get("durable")).isEqualTo(10);
          assertThat(map.get("removed")).isNull();
          assertThat(map.containsKey("removed")).isFalse();
          assertThat(map.size()).isEqualTo(3);
          assertThat(map.getAll(List.of("new", "durable", "removed", "pending"))).hasSize(3);
          assertThat(map.scan(Scan.all()).entries())
              .extracting(Map.Entry::getKey)
              .containsExactly("durable", "new", "pending");
          assertThat(map.asMap())
              .containsOnly(entry("durable", 10), entry("new", 4), entry("pending", 3));
          assertThat(map.compute("new", (k, v) -> v == null ? -1 : v + 1)).isEqualTo(5);
          assertThat(map.putIfAbsent("removed", 6)).isNull();
          value.set("x");
          assertThat(value.update(old -> old + "y")).isEqualTo("xy");
          assertThat(counter.add(3)).isEqualTo(3);
          assertThat(counter.increment()).isEqualTo(4);
        });
    assertThat(map.asMap())
        .containsOnly(
            entry("durable", 10), entry("new", 5), entry("pending", 3), entry("removed", 6));
    assertThat(value.get()).isEqualTo("xy");
    assertThat(counter.get()).isEqualTo(4);
  }

  @Test
  default void update_seesItsOwnClear() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    map.putAll(Map.of("a", 1, "b", 2));
    store.flush();
    store.update(
        () -> {
          map.put("dropped", 3);
          map.clear();
          assertThat(map.isEmpty()).isTrue();
          assertThat(map.get("a")).isNull();
          map.put("a", 9);
          assertThat(map.size()).isEqualTo(1);
          assertThat(map.scan(Scan.all()).entries()).hasSize(1);
        });
    assertThat(map.asMap()).containsOnly(entry("a", 9));
    store.flush();
    assertThat(map(fixture().crash(store)).asMap()).containsOnly(entry("a", 9));
  }

  @Test
  default void update_isSeenByOthersWhenItEnds() throws Exception {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    map.put("a", 1);
    CountDownLatch changed = new CountDownLatch(1);
    CountDownLatch looked = new CountDownLatch(1);
    try (Threads threads = new Threads()) {
      Future<?> block =
          threads.run(
              () ->
                  store.update(
                      () -> {
                        map.put("a", 2);
                        map.put("b", 2);
                        changed.countDown();
                        awaitIn(looked);
                      }));
      Threads.await(changed);
      assertThat(map.get("a")).isEqualTo(1);
      assertThat(map.get("b")).isNull();
      looked.countDown();
      Threads.get(block);
      assertThat(map.get("a")).isEqualTo(2);
      assertThat(map.get("b")).isEqualTo(2);
    }
  }

  private static void awaitIn(CountDownLatch latch) {
    try {
      Threads.await(latch);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  default void update_thatThrows_changesNothing() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    StateValue<String> value = store.value("v", String.class);
    StateCounter counter = store.counter("c");
    map.putAll(Map.of("a", 1, "b", 2));
    value.set("before");
    counter.set(7);
    for (int round = 0; round < 2; round++) {
      assertThatThrownBy(
              () ->
                  store.update(
                      () -> {
                        map.put("a", 9);
                        map.clear();
                        map.put("c", 3);
                        value.clear();
                        counter.increment();
                        throw new UnsupportedOperationException("mine");
                      }))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("mine");
      assertThat(map.asMap()).containsOnly(entry("a", 1), entry("b", 2));
      assertThat(value.get()).isEqualTo("before");
      assertThat(counter.get()).isEqualTo(7);
      store.flush();
    }
    StateStore next = fixture().crash(store);
    assertThat(map(next).asMap()).containsOnly(entry("a", 1), entry("b", 2));
    assertThat(next.value("v", String.class).get()).isEqualTo("before");
    assertThat(next.counter("c").get()).isEqualTo(7);
  }

  @Test
  default void update_returnsWhatTheBlockReturns() {
    StateStore store = fixture().open();
    map(store).put("a", 20);
    int result =
        store.update(
            () -> {
              map(store).put("b", 22);
              return map(store).getOrDefault("a", 0) + map(store).getOrDefault("b", 0);
            });
    assertThat(result).isEqualTo(42);
  }

  @Test
  default void update_nested_joinsTheOuterBlock() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    store.update(
        () -> {
          map.put("outer", 1);
          store.update(
              () -> {
                assertThat(map.get("outer")).isEqualTo(1);
                map.put("inner", 2);
              });
          assertThat(map.get("inner")).isEqualTo(2);
        });
    assertThat(map.asMap()).containsOnly(entry("outer", 1), entry("inner", 2));
    assertThatThrownBy(
            () ->
                store.update(
                    () -> {
                      store.update(() -> map.put("inner", 3));
                      throw new UnsupportedOperationException();
                    }))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(map.get("inner")).as("it went with the outer block").isEqualTo(2);
  }

  @Test
  default void update_whoseInnerBlockFailed_changesNothing() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    assertThatThrownBy(
            () ->
                store.update(
                    () -> {
                      map.put("outer", 1);
                      assertThatThrownBy(
                              () ->
                                  store.update(
                                      () -> {
                                        map.put("inner", 2);
                                        throw new UnsupportedOperationException();
                                      }))
                          .isInstanceOf(UnsupportedOperationException.class);
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(map.isEmpty()).isTrue();
    store.update(() -> map.put("next", 1));
    assertThat(map.get("next")).isEqualTo(1);
  }

  @Test
  default void update_runsOnce_evenUnderContention() throws Exception {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    AtomicInteger runs = new AtomicInteger();
    try (Threads threads = new Threads()) {
      for (int t = 0; t < 4; t++) {
        threads.run(
            () -> {
              for (int i = 0; i < 100; i++) {
                store.update(
                    () -> {
                      runs.incrementAndGet();
                      map.put("n", map.getOrDefault("n", 0) + 1);
                    });
              }
            });
      }
      threads.join();
    }
    assertThat(runs.get()).isEqualTo(400);
    assertThat(map.get("n")).as("blocks are serializable").isEqualTo(400);
  }

  @Test
  default void singleWrite_toAKeyTheBlockTouched_waitsForTheBlock() throws Exception {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    map.put("read", 1);
    CountDownLatch touched = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Threads threads = new Threads()) {
      Future<?> block =
          threads.run(
              () ->
                  store.update(
                      () -> {
                        int read = map.getOrDefault("read", 0);
                        map.put("written", 1);
                        touched.countDown();
                        awaitIn(goOn);
                        assertThat(map.get("read")).as("nobody came between").isEqualTo(read);
                        assertThat(map.get("written")).isEqualTo(1);
                        map.put("sum", read + 1);
                      }));
      Threads.await(touched);
      Future<?> onRead = threads.run(() -> map.put("read", 50));
      Future<?> onWritten = threads.run(() -> map.put("written", 60));
      Future<Integer> onCompute = threads.call(() -> map.merge("sum", 100, Integer::sum));
      assertThat(onRead.isDone() || onWritten.isDone()).isFalse();
      goOn.countDown();
      Threads.get(block);
      Threads.get(onRead);
      Threads.get(onWritten);
      Threads.get(onCompute);
    }
    assertThat(map.get("read")).as("behind the block").isEqualTo(50);
    assertThat(map.get("written")).as("behind the block").isEqualTo(60);
    // "sum" was written by the block only after the others began: either order is serial.
    assertThat(map.get("sum")).isIn(102, 2);
  }

  @Test
  default void singleWriteAndBlock_waitNoLongerThanTheBound() throws Exception {
    StateStore store = fixture().open(settings -> settings.maxWriteWait(Duration.ofMillis(300)));
    StateMap<String, Integer> map = map(store);
    CountDownLatch touched = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Threads threads = new Threads()) {
      threads.run(
          () ->
              store.update(
                  () -> {
                    map.put("a", 1);
                    touched.countDown();
                    awaitIn(goOn);
                  }));
      Threads.await(touched);
      assertThatThrownBy(() -> map.put("a", 2)).isInstanceOf(StoreBusyException.class);
      assertThatThrownBy(() -> map.merge("a", 2, Integer::sum))
          .isInstanceOf(StoreBusyException.class);
      assertThatThrownBy(() -> store.update(() -> map.put("b", 2)))
          .isInstanceOf(StoreBusyException.class);
      assertThat(map.get("a")).as("reads do not wait").isNull();
      goOn.countDown();
      threads.join();
    }
    assertThat(map.asMap()).containsOnly(entry("a", 1));
    map.put("a", 3);
    assertThat(map.get("a")).isEqualTo(3);
  }

  @Test
  default void update_refusesWhatWouldWaitForACommit() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    String id = store.checkpoint().id();
    store.update(
        () -> {
          map.put("a", 1);
          assertRefused(store::flush);
          assertRefused(store::checkpoint);
          assertRefused(() -> store.checkpoint("label"));
          assertRefused(() -> store.restore(id));
          assertRefused(() -> store.bind(new Object()));
          assertRefused(store::close);
          assertRefused(() -> map.with(Durability.SYNC).put("b", 2));
          assertRefused(() -> map.with(Durability.SYNC).compute("b", (k, v) -> 2));
        });
    assertThat(map.asMap()).containsOnly(entry("a", 1));
    store.flush();
  }

  private static void assertRefused(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class);
  }

  @Test
  default void update_sync_isDurableWhenItReturns() {
    StateStore store = fixture().open();
    store.update(
        Durability.SYNC,
        () -> {
          map(store).put("a", 1);
          store.counter("c").add(2);
        });
    StateStore next = fixture().crash(store);
    assertThat(map(next).get("a")).isEqualTo(1);
    assertThat(next.counter("c").get()).isEqualTo(2);
  }

  @Test
  default void update_syncInside_isIgnored() {
    StateStore store = fixture().open();
    store.update(() -> store.update(Durability.SYNC, () -> map(store).put("a", 1)));
    assertThat(map(store).get("a")).isEqualTo(1);
  }

  @Test
  default void whenDurable_inABlock_coversTheBlock() throws Exception {
    StateStore store = fixture().open();
    List<CompletableFuture<Void>> stages = new ArrayList<>();
    store.update(
        () -> {
          map(store).put("a", 1);
          stages.add(store.whenDurable().toCompletableFuture());
          assertThat(stages.get(0).isDone()).isFalse();
          map(store).put("b", 2);
        });
    stages.get(0).get(30, TimeUnit.SECONDS);
    StateStore next = fixture().crash(store);
    assertThat(map(next).asMap()).containsOnly(entry("a", 1), entry("b", 2));
  }

  @Test
  default void update_isNeverHalfOnStorage() throws Exception {
    for (int round = 0; round < 3; round++) {
      StateStore store = fixture().open(s -> s.commitInterval(Duration.ofMillis(1)));
      StateMap<String, Integer> map = map(store);
      StateCounter counter = store.counter("c");
      int base = map.getOrDefault("a", 0);
      assertThat(map.getOrDefault("b", 0)).isEqualTo(base);
      CountDownLatch writing = new CountDownLatch(200);
      StateStore next;
      try (Threads threads = new Threads()) {
        Future<?> writer =
            threads.run(
                () -> {
                  for (int i = 0; store.status().version() >= 0; i++) {
                    int value = base + i;
                    store.update(
                        () -> {
                          map.put("a", value);
                          map.put("k" + value % 50, value);
                          counter.set(value);
                          map.put("b", value);
                        });
                    writing.countDown();
                  }
                });
        Threads.await(writing);
        store.flush(); // something is on storage, however slow the machine
        if (fixture().severalCanOpen()) {
          next = fixture().crash(store); // in the middle of it
          assertThatThrownBy(() -> Threads.get(writer))
              .hasCauseInstanceOf(OwnershipLostException.class);
        } else {
          store.close();
          assertThatThrownBy(() -> Threads.get(writer))
              .hasCauseInstanceOf(StoreClosedException.class);
          next = fixture().open();
        }
      }
      int a = map(next).getOrDefault("a", -1);
      assertThat(map(next).get("b")).isEqualTo(a);
      assertThat(map(next).get("k" + a % 50)).isEqualTo(a);
      assertThat(next.counter("c").get()).isEqualTo(a);
      assertThat(a).isGreaterThanOrEqualTo(base);
      next.close();
    }
  }
}
