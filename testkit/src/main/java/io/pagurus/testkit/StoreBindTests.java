package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.pagurus.AfterRestore;
import io.pagurus.BeforeCheckpoint;
import io.pagurus.IncompatibleStateException;
import io.pagurus.State;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
import io.pagurus.Stateful;
import io.pagurus.TypeRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@link StateStore#bind} promises about the fields of a bean. */
interface StoreBindTests {
  StoreFixture fixture();

  /** Plain fields of several types, and handles. */
  @Stateful("shop")
  @SuppressWarnings("NullAway.Init") // bind sets the handles
  final class Shop {
    @State long offset;
    @State @Nullable String note;
    @State Map<String, Integer> totals = new HashMap<>();
    @State List<String> log = new ArrayList<>(List.of("initial"));

    @State("renamed")
    int field;

    @State StateMap<String, String> carts;
    @State StateValue<String> title;
    @State StateCounter visits;

    long notKept;
    int restored;
    long totalAtRestore;
    int checkpoints;
    boolean failInRestore;

    @AfterRestore
    void rebuild() {
      if (failInRestore) {
        throw new UnsupportedOperationException("mine");
      }
      restored++;
      totalAtRestore = totals.values().stream().mapToLong(i -> i).sum();
    }

    @BeforeCheckpoint
    void note() {
      checkpoints++;
      log.add("checkpoint");
    }
  }

  /** {@link Shop} after somebody changed the type of a field. */
  @Stateful("shop")
  static final class OtherShop {
    @State Map<String, String> offset = new HashMap<>();
  }

  /** Not to be bound. */
  @Stateful("bad-final")
  static final class FinalField {
    @State final long offset = System.nanoTime();
  }

  /** Not to be bound. */
  @Stateful("bad-static")
  static final class StaticField {
    @State static long offset;
  }

  /** Not to be bound. */
  static final class NotStateful {
    @State long offset;
  }

  @Test
  default void fields_comeBack() {
    StateStore store = fixture().open();
    Shop shop = new Shop();
    assertThat(store.bind(shop)).isSameAs(shop);
    assertThat(shop.restored).as("at the end of bind").isEqualTo(1);
    assertThat(shop.log).as("no stored content: it keeps its value").containsExactly("initial");
    store.update(
        () -> {
          shop.offset = 42;
          shop.note = "note";
          shop.totals.put("pear", 3);
          shop.totals.put("plum", 4);
          shop.log.add("more");
          shop.field = 7;
          shop.notKept = 99;
          shop.carts.put("c1", "cart");
          shop.title.set("title");
          shop.visits.increment();
        });
    store.flush();
    StateStore next = fixture().crash(store);
    Shop again = next.bind(new Shop());
    assertThat(again.offset).isEqualTo(42);
    assertThat(again.note).isEqualTo("note");
    assertThat(again.totals).containsOnly(entry("pear", 3), entry("plum", 4));
    assertThat(again.log).containsExactly("initial", "more");
    assertThat(again.field).isEqualTo(7);
    assertThat(again.notKept).isZero();
    assertThat(again.restored).isEqualTo(1);
    assertThat(again.totalAtRestore).as("it saw the restored fields").isEqualTo(7);
    assertThat(again.carts.get("c1")).isEqualTo("cart");
    assertThat(again.title.get()).isEqualTo("title");
    assertThat(again.visits.get()).isEqualTo(1);
    next.update(
        () -> {
          again.note = null;
          again.log.clear();
        });
    next.flush();
    Shop third = fixture().crash(next).bind(new Shop());
    assertThat(third.note).as("a null is kept, too").isNull();
    assertThat(third.log).isEmpty();
  }

  @Test
  default void fields_areStoredWithTheFirstCommit_evenUnchanged() {
    StateStore store = fixture().open();
    Shop shop = new Shop();
    shop.offset = 5;
    store.bind(shop);
    store.flush();
    Shop again = fixture().crash(store).bind(new Shop());
    assertThat(again.offset).isEqualTo(5);
  }

  @Test
  default void fieldsAndMaps_areOfOneInstant() throws Exception {
    StateStore store = fixture().open();
    Shop shop = store.bind(new Shop());
    StateStore next;
    try (Threads threads = new Threads()) {
      var writer =
          threads.run(
              () -> {
                for (int i = 1; i <= 300; i++) {
                  long value = i;
                  store.update(
                      () -> {
                        shop.offset = value;
                        shop.carts.put("offset", Long.toString(value));
                        shop.totals.put("offset", (int) value);
                      });
                }
              });
      while (!writer.isDone()) {
        store.flush();
      }
      threads.join();
      next = fixture().crash(store);
    }
    Shop again = next.bind(new Shop());
    boolean began = again.offset > 0; // else the first flush came before the first update
    assertThat(again.carts.get("offset")).isEqualTo(began ? Long.toString(again.offset) : null);
    assertThat(again.totals.get("offset")).isEqualTo(began ? (int) again.offset : null);
  }

  @Test
  default void restore_setsFieldsBack_andRunsAfterRestore() {
    StateStore store = fixture().open();
    Shop shop = store.bind(new Shop());
    store.update(
        () -> {
          shop.offset = 1;
          shop.totals.put("pear", 1);
        });
    String checkpoint = store.checkpoint("cp").id();
    assertThat(shop.checkpoints).as("before the checkpoint").isEqualTo(1);
    assertThat(shop.log).containsExactly("initial", "checkpoint");
    store.update(
        () -> {
          shop.offset = 2;
          shop.totals.clear();
          shop.log.add("gone after the restore");
          shop.note = "gone, too";
        });
    int before = shop.restored;
    store.restore(checkpoint);
    assertThat(shop.offset).isEqualTo(1);
    assertThat(shop.totals).containsOnly(entry("pear", 1));
    assertThat(shop.log).as("what @BeforeCheckpoint did is in it").contains("checkpoint");
    assertThat(shop.log).doesNotContain("gone after the restore");
    assertThat(shop.note).isNull();
    assertThat(shop.restored).isEqualTo(before + 1);
    assertThat(shop.totalAtRestore).isEqualTo(1);
    store.flush();
    Shop again = fixture().crash(store).bind(new Shop());
    assertThat(again.offset).isEqualTo(1);
  }

  @Test
  default void close_runsBeforeCheckpoint_andSavesFields() {
    StateStore store = fixture().open();
    Shop shop = store.bind(new Shop());
    store.update(() -> shop.offset = 3);
    shop.totals.put("changed outside an update", 1);
    store.close();
    assertThat(shop.checkpoints).isEqualTo(1);
    Shop again = fixture().open().bind(new Shop());
    assertThat(again.offset).isEqualTo(3);
    assertThat(again.log).containsExactly("initial", "checkpoint");
    assertThat(again.totals).containsKey("changed outside an update");
  }

  @Test
  default void handlesOfABean_areNamedBelowIt() {
    StateStore store = fixture().open();
    Shop shop = store.bind(new Shop());
    store.map("carts", String.class, String.class).put("c1", "of another map");
    assertThat(shop.carts.get("c1")).isNull();
    assertThat(shop.carts.name()).contains("shop").contains("carts");
  }

  @Test
  default void bind_refusesWhatCannotBeKept() {
    StateStore store = fixture().open();
    assertThatThrownBy(() -> store.bind(new NotStateful()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Stateful");
    assertThatThrownBy(() -> store.bind(new FinalField()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("offset");
    assertThatThrownBy(() -> store.bind(new StaticField()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("offset");
    store.bind(new Shop());
    assertThatThrownBy(() -> store.bind(new Shop()))
        .as("the name is bound")
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shop");
    store.flush();
  }

  @Test
  default void bind_toAnotherType_isRefused_andNamesTheField() {
    StateStore store = fixture().open();
    Shop shop = store.bind(new Shop());
    store.update(() -> shop.offset = 3);
    StateStore next = fixture().reopen(store);
    assertThatThrownBy(() -> next.bind(new OtherShop()))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining("offset");
    assertThat(next.bind(new Shop()).offset).as("the name is free again").isEqualTo(3);
  }

  @Test
  default void bind_whoseAfterRestoreThrows_fails() {
    StateStore store = fixture().open();
    Shop failing = new Shop();
    failing.failInRestore = true;
    assertThatThrownBy(() -> store.bind(failing))
        .satisfies(
            thrown ->
                assertThat(thrown).hasStackTraceContaining("UnsupportedOperationException: mine"));
    Shop shop = store.bind(new Shop());
    store.update(() -> shop.offset = 3);
    store.flush();
    assertThat(fixture().crash(store).bind(new Shop()).offset).isEqualTo(3);
  }

  @Test
  default void mapsBoundAndAsked_mayHaveTypeArguments() {
    StateStore store = fixture().open();
    store.value("v", new TypeRef<Map<String, List<Integer>>>() {}).set(Map.of("a", List.of(1, 2)));
    store.flush();
    assertThat(
            fixture().crash(store).value("v", new TypeRef<Map<String, List<Integer>>>() {}).get())
        .isEqualTo(Map.of("a", List.of(1, 2)));
  }
}
