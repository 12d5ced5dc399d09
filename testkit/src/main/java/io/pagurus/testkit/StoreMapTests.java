package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.pagurus.IncompatibleStateException;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.TypeRef;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What {@link StateMap} promises, method by method. */
interface StoreMapTests {
  StoreFixture fixture();

  /** A key and a value of several parts. */
  record Place(String city, int zip) {}

  /** A value with a list in it, which anybody may change. */
  record Basket(String owner, List<String> items) {}

  private StateMap<String, Integer> numbers(StateStore store) {
    return store.map("numbers", String.class, Integer.class);
  }

  @Test
  default void putGetRemove() {
    StateMap<String, Integer> map = numbers(fixture().open());
    assertThat(map.name()).isEqualTo("numbers");
    assertThat(map.get("a")).isNull();
    assertThat(map.containsKey("a")).isFalse();
    assertThat(map.getOrDefault("a", 7)).isEqualTo(7);
    map.put("a", 1);
    assertThat(map.get("a")).isEqualTo(1);
    assertThat(map.containsKey("a")).isTrue();
    assertThat(map.getOrDefault("a", 7)).isEqualTo(1);
    map.put("a", 2);
    assertThat(map.get("a")).isEqualTo(2);
    map.remove("a");
    map.remove("never there");
    assertThat(map.get("a")).isNull();
    assertThat(map.containsKey("a")).isFalse();
  }

  @Test
  default void putAllGetAll() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = numbers(store);
    map.putAll(Map.of("a", 1, "b", 2, "c", 3));
    store.flush();
    map.putAll(Map.of("c", 33, "d", 4));
    map.remove("a");
    map.putAll(Map.of());
    assertThat(map.getAll(List.of("a", "b", "c", "d", "e")))
        .containsOnly(entry("b", 2), entry("c", 33), entry("d", 4));
    assertThat(map.getAll(List.of())).isEmpty();
  }

  @Test
  default void conditionalWrites() {
    StateMap<String, Integer> map = numbers(fixture().open());
    assertThat(map.putIfAbsent("a", 1)).isNull();
    assertThat(map.putIfAbsent("a", 2)).isEqualTo(1);
    assertThat(map.get("a")).isEqualTo(1);
    assertThat(map.replace("a", 3)).isEqualTo(1);
    assertThat(map.replace("b", 3)).isNull();
    assertThat(map.containsKey("b")).isFalse();
    assertThat(map.replace("a", 9, 4)).isFalse();
    assertThat(map.get("a")).isEqualTo(3);
    assertThat(map.replace("a", 3, 4)).isTrue();
    assertThat(map.replace("b", 3, 4)).isFalse();
    assertThat(map.remove("a", 9)).isFalse();
    assertThat(map.remove("b", 9)).isFalse();
    assertThat(map.get("a")).isEqualTo(4);
    assertThat(map.remove("a", 4)).isTrue();
    assertThat(map.get("a")).isNull();
  }

  @Test
  default void compute_andItsFriends() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = numbers(store);
    assertThat(map.compute("a", (k, v) -> v == null ? 1 : -1)).isEqualTo(1);
    store.flush();
    assertThat(map.compute("a", (k, v) -> v == null ? -1 : v + 1)).isEqualTo(2);
    assertThat(map.get("a")).isEqualTo(2);
    assertThat(map.compute("a", (k, v) -> null)).isNull();
    assertThat(map.containsKey("a")).isFalse();
    assertThat(map.compute("a", (k, v) -> null)).isNull();

    assertThat(map.computeIfAbsent("b", k -> null)).isNull();
    assertThat(map.containsKey("b")).isFalse();
    assertThat(map.computeIfAbsent("b", String::length)).isEqualTo(1);
    assertThat(map.computeIfAbsent("b", k -> 99)).isEqualTo(1);

    assertThat(map.computeIfPresent("c", (k, v) -> 99)).isNull();
    assertThat(map.containsKey("c")).isFalse();
    assertThat(map.computeIfPresent("b", (k, v) -> v + 4)).isEqualTo(5);
    assertThat(map.computeIfPresent("b", (k, v) -> null)).isNull();
    assertThat(map.containsKey("b")).isFalse();

    assertThat(map.merge("d", 10, Integer::sum)).isEqualTo(10);
    assertThat(map.merge("d", 5, Integer::sum)).isEqualTo(15);
    assertThat(map.merge("d", 5, (old, add) -> null)).isNull();
    assertThat(map.containsKey("d")).isFalse();
  }

  @Test
  default void compute_thatThrows_changesNothing() {
    StateMap<String, Integer> map = numbers(fixture().open());
    map.put("a", 1);
    assertThatThrownBy(
            () ->
                map.compute(
                    "a",
                    (k, v) -> {
                      throw new UnsupportedOperationException("mine");
                    }))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("mine");
    assertThat(map.get("a")).isEqualTo(1);
  }

  @Test
  default void compute_thatWritesToTheStore_isRefused() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = numbers(store);
    map.put("a", 1);
    assertThatThrownBy(
            () ->
                map.compute(
                    "a",
                    (k, v) -> {
                      map.put("b", 2);
                      return 3;
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> map.computeIfAbsent("c", k -> (int) store.counter("n").increment()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(map.get("a")).isEqualTo(1);
    assertThat(map.containsKey("b")).isFalse();
    assertThat(store.counter("n").get()).isZero();
    map.put("b", 4);
    assertThat(map.get("b")).isEqualTo(4);
  }

  @Test
  default void size_isExactWhenQuiet() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = numbers(store);
    assertThat(map.size()).isZero();
    assertThat(map.isEmpty()).isTrue();
    for (int i = 0; i < 100; i++) {
      map.put("k" + i, i);
    }
    assertThat(map.size()).isEqualTo(100);
    store.flush();
    for (int i = 90; i < 110; i++) {
      map.put("k" + i, -i); // 10 replaced, 10 new
    }
    for (int i = 0; i < 5; i++) {
      map.remove("k" + i);
      map.remove("absent" + i);
    }
    assertThat(map.size()).as("partly durable, partly pending").isEqualTo(105);
    store.flush();
    assertThat(map.size()).isEqualTo(105);
    assertThat(map.isEmpty()).isFalse();
    assertThat(numbers(fixture().crash(store)).size()).isEqualTo(105);
  }

  @Test
  default void clear_removesAll_andNothingElse() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = numbers(store);
    StateMap<String, Integer> other = store.map("other", String.class, Integer.class);
    map.putAll(Map.of("durable", 1, "durable too", 2));
    other.put("a", 1);
    store.flush();
    map.put("pending", 3);
    map.clear();
    assertThat(map.size()).isZero();
    assertThat(map.get("durable")).isNull();
    assertThat(map.get("pending")).isNull();
    map.put("after", 4);
    map.put("durable", 5);
    assertThat(map.size()).isEqualTo(2);
    store.flush();
    StateStore next = fixture().crash(store);
    assertThat(numbers(next).asMap()).containsOnly(entry("after", 4), entry("durable", 5));
    assertThat(next.map("other", String.class, Integer.class).get("a")).isEqualTo(1);
  }

  @Test
  default void asMap_isALiveView() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = numbers(store);
    ConcurrentMap<String, Integer> view = map.asMap();
    assertThat(view.put("a", 1)).isNull();
    assertThat(view.put("a", 2)).isEqualTo(1);
    store.flush();
    map.put("b", 3);
    map.put("c", 4);
    assertThat(view).hasSize(3).containsOnly(entry("a", 2), entry("b", 3), entry("c", 4));
    assertThat(view).isEqualTo(Map.of("a", 2, "b", 3, "c", 4));
    assertThat(view.hashCode()).isEqualTo(Map.of("a", 2, "b", 3, "c", 4).hashCode());
    assertThat(view.keySet()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(view.values()).containsExactlyInAnyOrder(2, 3, 4);
    assertThat(view.containsValue(3)).isTrue();
    assertThat(view.remove("c")).isEqualTo(4);
    assertThat(view.remove("c")).isNull();
    for (Map.Entry<String, Integer> each : view.entrySet()) {
      each.setValue(each.getValue() * 10);
    }
    assertThat(map.get("a")).isEqualTo(20);
    Iterator<String> keys = view.keySet().iterator();
    while (keys.hasNext()) {
      if (keys.next().equals("a")) {
        keys.remove();
      }
    }
    assertThat(map.containsKey("a")).isFalse();
    assertThat(map.get("b")).isEqualTo(30);
    view.clear();
    assertThat(map.isEmpty()).isTrue();
  }

  @Test
  default void values_areCopied_whenTheyAreWritten() {
    StateStore store = fixture().open();
    StateMap<String, Basket> map = store.map("baskets", String.class, Basket.class);
    List<String> items = new ArrayList<>(List.of("pear"));
    map.put("a", new Basket("ann", items));
    items.add("leaked");
    assertThat(map.get("a")).isEqualTo(new Basket("ann", List.of("pear")));
    store.flush();
    assertThat(map.get("a")).isEqualTo(new Basket("ann", List.of("pear")));
  }

  @Test
  default void values_ofMutableTypes_areNotShared() {
    StateStore store = fixture().open();
    StateMap<String, List<String>> map =
        store.map("lists", new TypeRef<String>() {}, new TypeRef<List<String>>() {});
    map.put("a", new ArrayList<>(List.of("pear")));
    for (int round = 0; round < 2; round++) {
      List<String> mine = new ArrayList<>(map.getOrDefault("a", List.of()));
      assertThat(map.get("a")).isNotNull().isNotSameAs(map.get("a"));
      map.getOrDefault("a", List.of()).add("leaked");
      map.getAll(List.of("a")).values().forEach(list -> list.add("leaked"));
      map.asMap().values().forEach(list -> list.add("leaked"));
      assertThat(map.get("a")).isEqualTo(mine);
      store.flush();
    }
    assertThatThrownBy(
            () ->
                map.compute(
                    "a",
                    (k, list) -> {
                      if (list != null) {
                        list.add("leaked");
                      }
                      throw new UnsupportedOperationException();
                    }))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(map.get("a")).containsExactly("pear");
    map.computeIfPresent(
        "a",
        (k, list) -> {
          list.add("plum");
          return list;
        });
    assertThat(map.get("a")).containsExactly("pear", "plum");
  }

  @Test
  default void keysAndValues_ofManyTypes_comeBack() {
    StateStore store = fixture().open();
    UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    Instant instant = Instant.parse("2026-10-25T01:02:03.123456789Z");
    store.map("int", Integer.class, Long.class).put(-1, Long.MIN_VALUE);
    store.map("long", Long.class, Double.class).put(Long.MAX_VALUE, Math.PI);
    store.map("uuid", UUID.class, Instant.class).put(uuid, instant);
    store.map("enum", TimeUnit.class, LocalDate.class).put(TimeUnit.DAYS, LocalDate.of(2026, 2, 3));
    store.map("record", Place.class, Boolean.class).put(new Place("K\u00f6ln", 50667), true);
    store.map("bytes", Instant.class, byte[].class).put(instant, new byte[] {0, -1, 127, -128});
    store
        .map("deep", new TypeRef<String>() {}, new TypeRef<Map<String, List<Place>>>() {})
        .put("k", Map.of("x", List.of(new Place("Ulm", 89073))));
    store.flush();
    StateStore next = fixture().crash(store);
    assertThat(next.map("int", Integer.class, Long.class).get(-1)).isEqualTo(Long.MIN_VALUE);
    assertThat(next.map("long", Long.class, Double.class).get(Long.MAX_VALUE)).isEqualTo(Math.PI);
    assertThat(next.map("uuid", UUID.class, Instant.class).get(uuid)).isEqualTo(instant);
    assertThat(next.map("enum", TimeUnit.class, LocalDate.class).get(TimeUnit.DAYS))
        .isEqualTo(LocalDate.of(2026, 2, 3));
    assertThat(next.map("record", Place.class, Boolean.class).get(new Place("K\u00f6ln", 50667)))
        .isTrue();
    assertThat(next.map("bytes", Instant.class, byte[].class).get(instant))
        .containsExactly(0, -1, 127, -128);
    assertThat(
            next.map("deep", new TypeRef<String>() {}, new TypeRef<Map<String, List<Place>>>() {})
                .get("k"))
        .isEqualTo(Map.of("x", List.of(new Place("Ulm", 89073))));
  }

  @Test
  default void keys_ofNumbers_areInNoOnesWay() {
    StateStore store = fixture().open();
    StateMap<Integer, String> map = store.map("n", Integer.class, String.class);
    Map<Integer, String> model = new HashMap<>();
    for (int i : List.of(0, 1, -1, 127, 128, 255, 256, Integer.MAX_VALUE, Integer.MIN_VALUE)) {
      map.put(i, "" + i);
      model.put(i, "" + i);
    }
    assertThat(map.asMap()).isEqualTo(model);
    assertThat(fixture().reopen(store).map("n", Integer.class, String.class).asMap())
        .isEqualTo(model);
  }

  @Test
  default void nulls_areRefused() {
    StateMap<String, Integer> map = numbers(fixture().open());
    ConcurrentMap<String, Integer> view = map.asMap();
    assertThatThrownBy(() -> view.put(Nulls.of(), 1)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> map.put(Nulls.of(), 1)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> map.put("a", Nulls.of())).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> map.get(Nulls.of())).isInstanceOf(NullPointerException.class);
    assertThat(map.isEmpty()).isTrue();
  }

  @Test
  default void handles_ofTheSameName_areTheSameState() {
    StateStore store = fixture().open();
    numbers(store).put("a", 1);
    assertThat(numbers(store).get("a")).isEqualTo(1);
    assertThat(store.map("numbers", new TypeRef<String>() {}, new TypeRef<Integer>() {}).get("a"))
        .isEqualTo(1);
  }

  @Test
  default void names_areChecked() {
    StateStore store = fixture().open();
    for (String name : List.of("", " ", "a b", "a/b", "a\u00e4", "x".repeat(129), "a\n")) {
      assertThatThrownBy(() -> store.map(name, String.class, String.class))
          .as("name [%s]", name)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.value(name, String.class))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.counter(name)).isInstanceOf(IllegalArgumentException.class);
    }
    String longest = "aZ09._-" + "x".repeat(121);
    store.map(longest, String.class, String.class).put("a", "1");
    store.flush();
    assertThat(fixture().crash(store).map(longest, String.class, String.class).get("a"))
        .isEqualTo("1");
  }

  @Test
  default void names_ofOneKind_cannotBeAnother() {
    StateStore store = fixture().open();
    numbers(store).put("a", 1);
    store.counter("count").increment();
    assertThatThrownBy(() -> store.counter("numbers")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.value("numbers", String.class))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.map("count", String.class, Integer.class))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(numbers(store).get("a")).isEqualTo(1);
  }

  @Test
  default void types_otherThanTheStoredOnes_areRefused() {
    StateStore store = fixture().open();
    numbers(store).put("a", 1);
    StateStore next = fixture().reopen(store);
    assertThatThrownBy(() -> next.map("numbers", String.class, UUID.class))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining("numbers");
    assertThatThrownBy(() -> next.map("numbers", UUID.class, Integer.class))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining("numbers");
    assertThat(numbers(next).get("a")).isEqualTo(1);
  }

  @Test
  default void keyTypes_withoutAStableEncoding_areRefused() {
    StateStore store = fixture().open();
    assertThatThrownBy(
            () -> store.map("m", new TypeRef<List<String>>() {}, new TypeRef<String>() {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.map("m", Object.class, String.class))
        .isInstanceOf(IllegalArgumentException.class);
    store.map("m", String.class, String.class).put("the name", "is free");
  }

  @Test
  default void texts_ofAnyKind_comeBack() {
    StateStore store = fixture().open();
    StateMap<String, String> map = store.map("texts", String.class, String.class);
    Map<String, String> model = new HashMap<>();
    for (String text :
        List.of(
            "",
            " ",
            "\0",
            "\u00e4",
            "a\u0308",
            "\ud83e\udd80",
            "a\nb",
            "x".repeat(200),
            "A",
            "a")) {
      model.put(text, text + text);
    }
    map.putAll(model);
    assertThat(map.asMap()).isEqualTo(model);
    store.flush();
    assertThat(fixture().crash(store).map("texts", String.class, String.class).asMap())
        .isEqualTo(model);
  }
}
