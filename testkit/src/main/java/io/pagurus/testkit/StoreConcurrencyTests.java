package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Scan;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What holds when many threads use a store, and what random use must never change. */
interface StoreConcurrencyTests {
  StoreFixture fixture();

  private static StateMap<String, Integer> map(StateStore store) {
    return store.map("m", String.class, Integer.class);
  }

  @Test
  default void compute_by8ThreadsOn3Keys_losesNoUpdate() throws Exception {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    StateCounter counter = store.counter("c");
    AtomicBoolean done = new AtomicBoolean();
    try (Threads threads = new Threads();
        Threads flushing = new Threads()) {
      flushing.run(
          () -> {
            while (!done.get()) {
              store.flush();
            }
          });
      for (int t = 0; t < 8; t++) {
        int self = t;
        threads.run(
            () -> {
              for (int i = 0; i < 300; i++) {
                String key = "k" + (i + self) % 3;
                switch (i % 4) {
                  case 0 -> map.compute(key, (k, v) -> v == null ? 1 : v + 1);
                  case 1 -> map.merge(key, 1, Integer::sum);
                  case 2 -> store.update(() -> map.put(key, map.getOrDefault(key, 0) + 1));
                  default -> {
                    boolean set = false;
                    while (!set) {
                      Integer old = map.get(key);
                      set =
                          old == null
                              ? map.putIfAbsent(key, 1) == null
                              : map.replace(key, old, old + 1);
                    }
                  }
                }
                counter.increment();
              }
            });
      }
      threads.join();
      done.set(true);
      flushing.join();
    }
    assertThat(sum(map)).isEqualTo(2400);
    assertThat(counter.get()).isEqualTo(2400);
    store.flush();
    StateStore next = fixture().crash(store);
    assertThat(sum(map(next))).isEqualTo(2400);
    assertThat(next.counter("c").get()).isEqualTo(2400);
  }

  private static int sum(StateMap<String, Integer> map) {
    return map.asMap().values().stream().mapToInt(i -> i).sum();
  }

  @Test
  default void conditionalWrites_haveOneWinner() throws Exception {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    AtomicInteger inserts = new AtomicInteger();
    AtomicInteger removes = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    try (Threads threads = new Threads()) {
      for (int t = 0; t < 6; t++) {
        threads.run(
            () -> {
              Threads.await(start);
              for (int i = 0; i < 100; i++) {
                if (map.putIfAbsent("k" + i, 1) == null) {
                  inserts.incrementAndGet();
                }
              }
              for (int i = 0; i < 100; i++) {
                if (map.remove("k" + i, 1)) {
                  removes.incrementAndGet();
                }
              }
            });
      }
      start.countDown();
      threads.join();
    }
    assertThat(inserts.get() - removes.get()).isEqualTo((int) map.size());
    assertThat(map.size()).isZero();
  }

  @Test
  default void clear_besideWriters_agreesWithStorage() throws Exception {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    try (Threads threads = new Threads()) {
      for (int t = 0; t < 4; t++) {
        int self = t;
        threads.run(
            () -> {
              for (int i = 0; i < 300; i++) {
                map.put("k" + (i * 7 + self) % 40, i);
                if (i % 50 == self) {
                  map.clear();
                }
                if (i % 60 == self) {
                  store.flush();
                }
                map.get("k" + i % 40);
              }
            });
      }
      threads.join();
    }
    Map<String, Integer> memory = Map.copyOf(map.asMap());
    assertThat(map.size()).isEqualTo(memory.size());
    store.flush();
    assertThat(map.asMap()).isEqualTo(memory);
    assertThat(map(fixture().crash(store)).asMap()).isEqualTo(memory);
  }

  /** Any order of anything, against the plainest model; the storage must agree at each crash. */
  @Test
  default void randomUse_agreesWithAModel() {
    RandomSeed.run(
        4,
        random -> {
          StateStore store = fixture().open();
          map(store).clear();
          TreeMap<String, Integer> model = new TreeMap<>();
          List<String> ids = new ArrayList<>();
          List<TreeMap<String, Integer>> states = new ArrayList<>();
          for (int step = 0; step < 250; step++) {
            switch (random.nextInt(24)) {
              case 0 -> store.flush();
              case 1 -> {
                store.flush();
                store = fixture().crash(store);
              }
              case 2 -> store = fixture().reopen(store);
              case 3 -> {
                ids.add(store.checkpoint("cp" + step).id());
                states.add(new TreeMap<>(model));
              }
              case 4 -> {
                if (!ids.isEmpty()) {
                  int which = random.nextInt(ids.size());
                  store.restore(ids.get(which));
                  model = new TreeMap<>(states.get(which));
                }
              }
              case 5 -> rolledBack(store, model, random);
              case 6, 7, 8 -> {
                StateStore current = store;
                TreeMap<String, Integer> changed = model;
                store.update(
                    () -> {
                      for (int i = 0; i < 4; i++) {
                        change(map(current), changed, random);
                        check(map(current), changed, random);
                      }
                    });
              }
              default -> change(map(store), model, random);
            }
            check(map(store), model, random);
          }
          assertThat(map(store).asMap()).isEqualTo(model);
          store.close();
        });
  }

  private static void rolledBack(StateStore store, TreeMap<String, Integer> model, Random random) {
    try {
      store.update(
          () -> {
            change(map(store), new TreeMap<>(model), random);
            map(store).clear();
            change(map(store), new TreeMap<>(), random);
            throw new UnsupportedOperationException("roll back");
          });
    } catch (UnsupportedOperationException expected) {
      assertThat(expected).hasMessage("roll back");
    }
  }

  private static void change(
      StateMap<String, Integer> map, TreeMap<String, Integer> model, Random random) {
    String key = "k" + random.nextInt(12);
    int value = random.nextInt(5);
    switch (random.nextInt(10)) {
      case 0 -> {
        map.remove(key);
        model.remove(key);
      }
      case 1 -> {
        Integer added = map.merge(key, value, (old, add) -> old + add > 6 ? null : old + add);
        assertThat(model.merge(key, value, (old, add) -> old + add > 6 ? null : old + add))
            .isEqualTo(added);
      }
      case 2 -> {
        map.putIfAbsent(key, value);
        model.putIfAbsent(key, value);
      }
      case 3 -> {
        Integer was = map.replace(key, value);
        assertThat(model.replace(key, value)).isEqualTo(was);
      }
      case 4 -> {
        Integer was = map.asMap().put(key, value);
        assertThat(model.put(key, value)).isEqualTo(was);
      }
      case 5 -> {
        if (random.nextInt(8) == 0) {
          map.clear();
          model.clear();
        }
      }
      default -> {
        map.put(key, value);
        model.put(key, value);
      }
    }
  }

  private static void check(
      StateMap<String, Integer> map, TreeMap<String, Integer> model, Random random) {
    String key = "k" + random.nextInt(12);
    assertThat(map.get(key)).isEqualTo(model.get(key));
    assertThat(map.containsKey(key)).isEqualTo(model.containsKey(key));
    switch (random.nextInt(6)) {
      case 0 -> assertThat(map.size()).isEqualTo(model.size());
      case 1 -> assertThat(map.scan(Scan.all()).entries()).isEqualTo(entries(model));
      case 2 ->
          assertThat(map.getAll(List.of("k0", "k1", "k2", "k3")).keySet())
              .isEqualTo(
                  model.keySet().stream()
                      .filter(k -> k.matches("k[0-3]"))
                      .collect(Collectors.toSet()));
      default -> {}
    }
  }

  private static List<Map.Entry<String, Integer>> entries(TreeMap<String, Integer> model) {
    return List.copyOf(model.entrySet());
  }
}
