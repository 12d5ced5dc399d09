package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.Page;
import io.pagurus.Scan;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@link StateMap#scan} promises: order, prefixes, pages, and nothing twice. */
interface StoreScanTests {
  StoreFixture fixture();

  private StateMap<String, Integer> map(StateStore store) {
    return store.map("scanned", String.class, Integer.class);
  }

  private static List<String> all(StateMap<String, Integer> map, String prefix, int limit) {
    List<String> keys = new ArrayList<>();
    @Nullable String cursor = null;
    do {
      Page<String, Integer> page = map.scan(Scan.prefix(prefix).after(cursor).limit(limit));
      assertThat(page.entries().size()).isLessThanOrEqualTo(limit);
      page.entries().forEach(entry -> keys.add(entry.getKey()));
      assertThat(keys.size()).as("more than there can be").isLessThan(10_000);
      cursor = page.nextCursor();
    } while (cursor != null);
    return keys;
  }

  @Test
  default void scan_emptyMap_isOneEmptyPage() {
    StateMap<String, Integer> map = map(fixture().open());
    Page<String, Integer> page = map.scan(Scan.all());
    assertThat(page.entries()).isEmpty();
    assertThat(page.nextCursor()).isNull();
  }

  @Test
  default void scan_underAPrefix_inPagesOfAnySize() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    TreeMap<String, Integer> model = new TreeMap<>();
    for (int i = 0; i < 30; i++) {
      model.put("p/%02d".formatted(i), i);
    }
    map.putAll(model);
    map.putAll(Map.of("o", 1, "p", 2, "p.", 3, "p0", 4, "q", 5));
    store.flush();
    for (int i = 1; i < 30; i += 3) { // pending: some gone, some new, some replaced
      map.remove("p/%02d".formatted(i));
      model.remove("p/%02d".formatted(i));
      map.put("p/%02d+".formatted(i), -1);
      model.put("p/%02d+".formatted(i), -1);
      map.put("p/%02d".formatted(i + 1), -2);
      model.put("p/%02d".formatted(i + 1), -2);
    }
    for (int limit : List.of(1, 2, 3, 7, model.size(), 10_000)) {
      assertThat(all(map, "p/", limit))
          .as("pages of %d", limit)
          .isEqualTo(List.copyOf(model.keySet()));
    }
    assertThat(map.scan(Scan.prefix("p/").limit(10_000)).entries())
        .isEqualTo(List.copyOf(model.entrySet()));
    assertThat(all(map, "none", 10)).isEmpty();
    assertThat(all(map, "", 4)).hasSize(model.size() + 5).isSorted();
    store.flush();
    assertThat(all(map, "p/", 3)).isEqualTo(List.copyOf(model.keySet()));
  }

  @Test
  default void scan_lastPageFull_endsThere() {
    StateMap<String, Integer> map = map(fixture().open());
    map.putAll(Map.of("a", 1, "b", 2));
    Page<String, Integer> page = map.scan(Scan.all().limit(2));
    assertThat(page.entries()).hasSize(2);
    assertThat(all(map, "", 2)).containsExactly("a", "b");
    assertThat(all(map, "", 1)).containsExactly("a", "b");
  }

  @Test
  default void scan_prefixesBeyondAscii() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    map.putAll(Map.of("\u00e4pfel", 1, "\u00e4rger", 2, "a", 3, "\u00f6l", 4, "\uffff", 5));
    assertThat(all(map, "\u00e4", 1)).containsExactly("\u00e4pfel", "\u00e4rger");
    store.flush();
    assertThat(all(map, "\u00e4", 1)).containsExactly("\u00e4pfel", "\u00e4rger");
    assertThat(all(map, "\uffff", 1)).containsExactly("\uffff");
  }

  @Test
  default void scan_goesOnBehindAKeyThatWasRemoved() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    map.putAll(Map.of("a", 1, "b", 2, "c", 3, "d", 4));
    store.flush();
    Page<String, Integer> first = map.scan(Scan.all().limit(2));
    map.remove("b");
    map.remove("c");
    assertThat(map.scan(Scan.all().limit(2).after(first.nextCursor())).entries())
        .extracting(Map.Entry::getKey)
        .containsExactly("d");
  }

  @Test
  default void scan_manyRemovedEntries_doNotEndIt() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    for (int i = 0; i < 500; i++) {
      map.put("k%03d".formatted(i), i);
    }
    store.flush();
    for (int i = 0; i < 495; i++) {
      map.remove("k%03d".formatted(i));
    }
    assertThat(all(map, "k", 2)).containsExactly("k495", "k496", "k497", "k498", "k499");
  }

  @Test
  default void scan_ofOtherKeys_takesNoPrefix() {
    StateStore store = fixture().open();
    StateMap<Long, String> map = store.map("longs", Long.class, String.class);
    for (long i = -5; i < 5; i++) {
      map.put(i, "v" + i);
    }
    List<Long> keys = new ArrayList<>();
    @Nullable String cursor = null;
    do {
      Page<Long, String> page = map.scan(Scan.all().limit(3).after(cursor));
      page.entries().forEach(entry -> keys.add(entry.getKey()));
      cursor = page.nextCursor();
    } while (cursor != null);
    assertThat(keys).containsExactlyInAnyOrder(-5L, -4L, -3L, -2L, -1L, 0L, 1L, 2L, 3L, 4L);
    assertThatThrownBy(() -> map.scan(Scan.prefix("1")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void scan_withAForeignCursor_isRefused() {
    StateMap<String, Integer> map = map(fixture().open());
    map.put("a", 1);
    assertThatThrownBy(() -> map.scan(Scan.all().after("\u2603 not a cursor")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void scan_besideWriters_givesWhatStaysExactlyOnce() throws Exception {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    List<String> staying = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      staying.add("k%03d/stays".formatted(i));
      map.put("k%03d/stays".formatted(i), i);
    }
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch writing = new CountDownLatch(2);
    try (Threads threads = new Threads()) {
      for (int t = 0; t < 2; t++) {
        int self = t;
        threads.run(
            () -> {
              for (int i = 0; !done.get(); i++) {
                String key = "k%03d/%d".formatted(i % 60, self);
                map.put(key, i);
                map.put("k%03d/stays".formatted(i % 60), i);
                map.remove(key);
                writing.countDown();
              }
            });
      }
      threads.run(
          () -> {
            while (!done.get()) {
              store.flush();
            }
          });
      Threads.await(writing);
      for (int round = 0; round < 30 && !threads.failed(); round++) {
        List<String> seen = all(map, "k", 7);
        assertThat(seen).doesNotHaveDuplicates().containsAll(staying);
      }
      done.set(true);
      threads.join();
    }
  }
}
