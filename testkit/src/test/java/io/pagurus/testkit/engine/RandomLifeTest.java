package io.pagurus.testkit.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.Lifecycle;
import io.pagurus.OwnershipPolicy;
import io.pagurus.State;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.Stateful;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.RandomSeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random use of a store whose storage fails at random, against a model that is a list of moments:
 * the whole state after each operation. A store that is open shows the last moment; what a crash
 * leaves is one of the moments, and none before the last one that was confirmed.
 */
class RandomLifeTest {
  private static final int STEPS = 80;

  @Stateful("bean")
  static final class Bean {
    @State int field;
    @State List<Integer> list = new ArrayList<>();
  }

  /** Everything a store holds. */
  private record Moment(Map<String, Integer> map, long counter, int field, List<Integer> list) {}

  @Test
  void randomLife_isExplainedByItsMoments() {
    RandomSeed.run(40, random -> new Life(random).run());
  }

  @Test
  @Tag("long")
  void randomLife_isExplainedByItsMoments_forLong() {
    RandomSeed.run(5_000, random -> new Life(random).run());
  }

  /** One storage and the stores that live on it one after the other. */
  private static final class Life {
    private final Random random;
    private final FaultyStorage storage;
    private final long cacheBytes;
    private final Duration commitInterval;
    private final List<Moment> moments = new ArrayList<>();
    private final Map<String, Moment> checkpoints = new TreeMap<>();
    private int confirmed;

    private StateStore store;
    private StateMap<String, Integer> map;
    private StateCounter counter;
    private Bean bean;

    // What the next moment is made of.
    private TreeMap<String, Integer> entries = new TreeMap<>();
    private long count;

    Life(Random random) {
      this.random = random;
      this.storage = random.nextBoolean() ? Storages.remote() : Storages.local();
      this.cacheBytes = List.of(1L, 300L, 1L << 20).get(random.nextInt(3));
      this.commitInterval = Duration.ofMillis(random.nextBoolean() ? 1 : 1_000_000);
      this.store = open();
      this.map = map(store);
      this.counter = store.counter("c");
      this.bean = store.bind(new Bean());
      note();
    }

    private StateStore open() {
      return StateStore.builder()
          .backend(storage)
          .ownership(OwnershipPolicy.TAKE_OVER)
          .commitInterval(commitInterval)
          .captureInterval(Duration.ofHours(1)) // fields go with the updates that change them
          .cacheBytes(cacheBytes)
          .lifecycle(Lifecycle.EXTERNAL)
          .open();
    }

    private static StateMap<String, Integer> map(StateStore store) {
      return store.map("m", String.class, Integer.class);
    }

    void run() {
      try {
        for (int i = 0; i < STEPS; i++) {
          step();
        }
        reopen();
      } finally {
        storage.heal();
        store.close();
      }
      assertThat(storage.openBackends()).isZero();
    }

    private void step() {
      switch (random.nextInt(20)) {
        case 0, 1, 2 -> write(() -> put(key(), random.nextInt(100)));
        case 3 -> write(() -> remove(key()));
        case 4 -> write(() -> merge(key(), random.nextInt(100)));
        case 5 -> write(this::increment);
        case 6, 7, 8 -> write(() -> store.update(this::block));
        case 9 -> failingBlock();
        case 10 -> clearSometimes();
        case 11, 12 -> flush();
        case 13 -> checkpoint();
        case 14 -> restore();
        case 15 -> crash();
        case 16 -> reopen();
        case 17, 18 -> fault();
        default -> assertLast();
      }
    }

    // ---- operations, on store and model ---------------------------------------------------------

    private String key() {
      return "k" + random.nextInt(6);
    }

    private void put(String key, int value) {
      map.put(key, value);
      entries.put(key, value);
    }

    private void remove(String key) {
      map.remove(key);
      entries.remove(key);
    }

    private void merge(String key, int value) {
      patiently(() -> map.merge(key, value, Integer::sum));
      entries.merge(key, value, Integer::sum);
    }

    private void increment() {
      patiently(counter::increment);
      count++;
    }

    private void block() {
      int steps = random.nextInt(5);
      for (int i = 0; i < steps; i++) {
        switch (random.nextInt(7)) {
          case 0, 1 -> put(key(), random.nextInt(100));
          case 2 -> remove(key());
          case 3 -> merge(key(), 1);
          case 4 -> increment();
          case 5 -> bean.list.add(random.nextInt(100));
          default -> clear();
        }
        patiently(() -> assertThat(map.get("k1")).isEqualTo(entries.get("k1")));
      }
      bean.field++;
    }

    private void clear() {
      map.clear();
      entries.clear();
    }

    private void clearSometimes() {
      if (random.nextInt(3) == 0) {
        write(this::clear);
      }
    }

    /** Runs an atomic operation, behind which there is a new moment. */
    private void write(Runnable operation) {
      operation.run();
      note();
    }

    private void note() {
      moments.add(new Moment(Map.copyOf(entries), count, bean.field, List.copyOf(bean.list)));
    }

    /** Reads may fail at random; a read that failed has changed nothing and can be repeated. */
    private static void patiently(Runnable read) {
      while (true) {
        try {
          read.run();
          return;
        } catch (StoreUnavailableException e) {
          assertThat(e).hasMessageContaining("read");
        }
      }
    }

    private void failingBlock() {
      TreeMap<String, Integer> before = new TreeMap<>(entries);
      long countBefore = count;
      assertThatThrownBy(
              () ->
                  store.update(
                      () -> {
                        put(key(), -1);
                        increment();
                        merge(key(), 7);
                        if (random.nextBoolean()) {
                          clear();
                        }
                        throw new UnsupportedOperationException();
                      }))
          .isInstanceOf(UnsupportedOperationException.class);
      entries = before;
      count = countBefore;
    }

    private void flush() {
      store.flush();
      confirmed = moments.size() - 1;
    }

    private void checkpoint() {
      String id = store.checkpoint("made-at-" + moments.size()).id();
      checkpoints.put(id, last());
      confirmed = moments.size() - 1;
    }

    private void restore() {
      if (checkpoints.isEmpty()) {
        return;
      }
      List<String> ids = List.copyOf(checkpoints.keySet());
      String id = ids.get(random.nextInt(ids.size()));
      storage.failReads(0); // a restore that cannot be read back is for another test
      store.restore(id);
      adopt(requireNonNull(checkpoints.get(id)));
      confirmed = moments.size() - 1;
      assertLast();
    }

    private void crash() {
      StateStore old = store;
      storage.failReads(0);
      store = open();
      bindAll();
      Moment left = now();
      assertThat(moments.subList(confirmed, moments.size()))
          .as("what a crash leaves is a moment, and not before the confirmed one")
          .contains(left);
      adopt(left);
      confirmed = moments.size() - 1;
      storage.heal();
      old.close();
      assertThat(store.checkpoints().stream().map(c -> c.id())).containsAll(checkpoints.keySet());
    }

    private void reopen() {
      storage.failReads(0);
      store.close();
      store = open();
      bindAll();
      assertThat(now()).as("a clean stop loses nothing").isEqualTo(last());
      confirmed = moments.size() - 1;
      assertThat(store.status().restore().cleanStop()).isTrue();
    }

    private void fault() {
      switch (random.nextInt(5)) {
        case 0 -> storage.refuseCommits(1 + random.nextInt(2));
        case 1 -> storage.loseReplies(1 + random.nextInt(2));
        case 2 -> storage.loseCommits(1 + random.nextInt(2));
        case 3 -> storage.failReads(1 + random.nextInt(3));
        default -> storage.heal();
      }
    }

    // ---- model ----------------------------------------------------------------------------------

    private void bindAll() {
      map = map(store);
      counter = store.counter("c");
      bean = store.bind(new Bean());
    }

    private Moment last() {
      return moments.get(moments.size() - 1);
    }

    private void adopt(Moment moment) {
      entries = new TreeMap<>(moment.map());
      count = moment.counter();
      moments.add(moment);
    }

    private Moment now() {
      return new Moment(
          new HashMap<>(map.asMap()), counter.get(), bean.field, List.copyOf(bean.list));
    }

    private void assertLast() {
      patiently(() -> assertThat(now()).isEqualTo(last()));
      patiently(() -> assertThat(map.size()).isEqualTo(entries.size()));
      assertThat(store.status().state()).isIn(StoreState.OPEN, StoreState.UNAVAILABLE);
    }
  }
}
