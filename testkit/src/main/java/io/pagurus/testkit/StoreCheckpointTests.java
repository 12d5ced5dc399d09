package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.pagurus.Checkpoint;
import io.pagurus.CheckpointRetention;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What checkpoints promise through the public API. */
interface StoreCheckpointTests {
  StoreFixture fixture();

  private static StateMap<String, Integer> map(StateStore store) {
    return store.map("m", String.class, Integer.class);
  }

  @Test
  default void restore_setsEverythingBack_underTheSameHandles() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    StateValue<String> value = store.value("v", String.class);
    StateCounter counter = store.counter("c");
    map.putAll(Map.of("same", 1, "changed", 2, "removed", 3));
    value.set("old");
    counter.set(7);
    Checkpoint checkpoint = store.checkpoint("before");
    assertThat(checkpoint.label()).isEqualTo("before");
    map.put("changed", 20);
    map.remove("removed");
    map.put("added", 4);
    value.clear();
    counter.set(8);
    store.flush();
    map.put("pending", 5);
    store.restore(checkpoint.id());
    assertThat(map.asMap())
        .containsOnly(entry("same", 1), entry("changed", 2), entry("removed", 3));
    assertThat(map.size()).isEqualTo(3);
    assertThat(map.get("added")).isNull();
    assertThat(map.get("pending")).isNull();
    assertThat(value.get()).isEqualTo("old");
    assertThat(counter.get()).isEqualTo(7);
    map.put("after", 6);
    counter.increment();
    store.flush();
    StateStore next = fixture().crash(store);
    assertThat(map(next).asMap())
        .containsOnly(
            entry("same", 1), entry("changed", 2), entry("removed", 3), entry("after", 6));
    assertThat(next.value("v", String.class).get()).isEqualTo("old");
    assertThat(next.counter("c").get()).isEqualTo(8);
  }

  @Test
  default void restore_isDurableWhenItReturns_andCanBeUndone() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    String checkpoint = store.checkpoint().id();
    map(store).put("a", 2);
    map(store).put("b", 2); // pending: it is part of the state before
    store.restore(checkpoint);
    StateStore next = fixture().crash(store);
    assertThat(map(next).asMap()).containsOnly(entry("a", 1));
    Checkpoint undo =
        next.checkpoints().stream()
            .filter(c -> String.valueOf(c.label()).startsWith("before-restore-"))
            .findFirst()
            .orElseThrow();
    next.restore(undo.id());
    assertThat(map(next).asMap()).containsOnly(entry("a", 2), entry("b", 2));
  }

  @Test
  default void restore_toATimeBeforeAHandleExisted() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    String checkpoint = store.checkpoint().id();
    StateMap<String, String> late = store.map("late", String.class, String.class);
    StateValue<String> value = store.value("late-value", String.class);
    late.put("x", "1");
    value.set("set");
    store.counter("late-counter").set(3);
    store.flush();
    store.restore(checkpoint);
    assertThat(late.isEmpty()).isTrue();
    assertThat(value.get()).isNull();
    assertThat(store.counter("late-counter").get()).isZero();
    late.put("y", "2");
    store.map("later", String.class, String.class).put("z", "3");
    store.flush();
    StateStore next = fixture().crash(store);
    assertThat(next.map("late", String.class, String.class).asMap()).containsOnly(entry("y", "2"));
    assertThat(next.map("later", String.class, String.class).asMap()).containsOnly(entry("z", "3"));
    assertThat(map(next).asMap()).containsOnly(entry("a", 1));
  }

  @Test
  default void checkpoints_areListedOldestFirst_andSurvive() {
    StateStore store = fixture().open();
    assertThat(store.checkpoints()).isEmpty();
    Set<String> ids = new HashSet<>();
    long version = 0;
    for (String label : List.of("one", "two", "three")) {
      map(store).put(label, 1);
      Checkpoint checkpoint = store.checkpoint(label);
      assertThat(ids.add(checkpoint.id())).isTrue();
      assertThat(checkpoint.version()).isGreaterThan(version);
      version = checkpoint.version();
    }
    store.checkpoint(); // nothing changed since
    List<Checkpoint> listed = store.checkpoints();
    assertThat(listed).extracting(Checkpoint::label).containsExactly("one", "two", "three", null);
    assertThat(listed).isSortedAccordingTo((x, y) -> Long.compare(x.version(), y.version()));
    StateStore next = fixture().crash(store);
    assertThat(next.checkpoints()).isEqualTo(listed);
    next.restore(listed.get(1).id());
    assertThat(map(next).asMap()).containsOnlyKeys("one", "two");
    next.restore(listed.get(2).id());
    assertThat(map(next).asMap()).containsOnlyKeys("one", "two", "three");
  }

  @Test
  default void dropCheckpoint_saysWhetherThereWasOne() {
    StateStore store = fixture().open();
    Checkpoint kept = store.checkpoint("kept");
    Checkpoint dropped = store.checkpoint("dropped");
    assertThat(store.dropCheckpoint(dropped.id())).isTrue();
    assertThat(store.dropCheckpoint(dropped.id())).isFalse();
    assertThat(store.dropCheckpoint("never-was")).isFalse();
    assertThat(store.checkpoints()).containsExactly(kept);
    assertThatThrownBy(() -> store.restore(dropped.id()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fixture().reopen(store).checkpoints()).containsExactly(kept);
  }

  @Test
  default void restore_unknownCheckpoint_changesNothing() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    assertThatThrownBy(() -> store.restore("never-was"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never-was");
    assertThat(map(store).get("a")).isEqualTo(1);
    assertThat(store.checkpoints()).isEmpty();
    map(store).put("a", 2);
    store.flush();
  }

  @Test
  default void retention_keepsTheNewest_andEveryLabel() {
    StateStore store =
        fixture().open(settings -> settings.retention(CheckpointRetention.keepLast(2)));
    map(store).put("n", 0);
    Checkpoint labelled = store.checkpoint("stays");
    for (int i = 1; i <= 5; i++) {
      map(store).put("n", i);
      store.checkpoint();
    }
    List<Checkpoint> left = store.checkpoints();
    assertThat(left).hasSize(3).contains(labelled);
    store.restore(left.get(1).id());
    assertThat(map(store).get("n")).isEqualTo(4);
    store.restore(labelled.id());
    assertThat(map(store).get("n")).isZero();
  }

  @Test
  default void checkpointAndRestore_besideWriters_keepBlocksWhole() throws Exception {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    map.putAll(Map.of("a", 0, "b", 0));
    String first = store.checkpoint("first").id();
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch writing = new CountDownLatch(20);
    try (Threads threads = new Threads()) {
      for (int t = 0; t < 3; t++) {
        threads.run(
            () -> {
              while (!done.get()) {
                store.update(
                    () -> {
                      int next = map.getOrDefault("a", 0) + 1;
                      map.put("a", next);
                      map.put("b", map.getOrDefault("b", 0) + 1);
                    });
                map.merge("singles", 1, Integer::sum);
                writing.countDown();
              }
            });
      }
      Threads.await(writing);
      for (int round = 0; round < 5 && !threads.failed(); round++) {
        String mid = store.checkpoint("mid" + round).id();
        store.restore(round % 2 == 0 ? first : mid);
      }
      done.set(true);
      threads.join();
    }
    assertThat(map.get("b")).isEqualTo(map.get("a"));
    Map<String, Integer> memory = Map.copyOf(map.asMap());
    store.flush();
    StateStore next = fixture().crash(store);
    assertThat(map(next).asMap()).as("storage agrees with memory").isEqualTo(memory);
    for (Checkpoint checkpoint : next.checkpoints()) {
      next.restore(checkpoint.id());
      assertThat(map(next).get("b")).as("%s", checkpoint).isEqualTo(map(next).get("a"));
    }
  }
}
