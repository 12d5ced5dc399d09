package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.pagurus.AfterRestore;
import io.pagurus.BeforeCheckpoint;
import io.pagurus.Durability;
import io.pagurus.IncompatibleStateException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.RestoreReport;
import io.pagurus.Scan;
import io.pagurus.State;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
import io.pagurus.Stateful;
import io.pagurus.StoreClosedException;
import io.pagurus.StoreState;
import io.pagurus.StoreStatus;
import io.pagurus.StoreUnavailableException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A store that is opened for reading only: it shows everything and changes nothing. */
interface StoreReadOnlyTests {
  StoreFixture fixture();

  /** Plain fields, a handle and both hooks. */
  @Stateful("desk")
  @SuppressWarnings("NullAway.Init") // bind sets the handles
  final class Desk {
    @State long offset;
    @State StateMap<String, Integer> drawers;
    int restored;
    int checkpoints;

    @AfterRestore
    void restored() {
      restored++;
    }

    @BeforeCheckpoint
    void checkpoint() {
      checkpoints++;
    }
  }

  /** A bean that the store under test has never seen. */
  @Stateful("chair")
  static final class Chair {
    @State int legs = 4;
  }

  private static StateMap<String, Integer> map(StateStore store) {
    return store.map("m", String.class, Integer.class);
  }

  private static StateValue<String> value(StateStore store) {
    return store.value("v", String.class);
  }

  /** A store with something of each kind, all of it durable. */
  private StateStore filled() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    map(store).put("b", 2);
    value(store).set("text");
    store.counter("c").add(7);
    Desk desk = store.bind(new Desk());
    store.update(
        () -> {
          desk.offset = 42;
          desk.drawers.put("top", 3);
        });
    store.checkpoint("mark");
    store.flush();
    return store;
  }

  private static void assertShows(StateStore view) {
    assertThat(map(view).get("a")).isEqualTo(1);
    assertThat(map(view).get("absent")).isNull();
    assertThat(map(view).containsKey("b")).isTrue();
    assertThat(map(view).getAll(List.of("a", "b", "absent")))
        .containsOnly(entry("a", 1), entry("b", 2));
    assertThat(map(view).size()).isEqualTo(2);
    assertThat(map(view).isEmpty()).isFalse();
    assertThat(map(view).scan(Scan.all()).entries()).containsExactly(entry("a", 1), entry("b", 2));
    assertThat(map(view).asMap()).containsOnly(entry("a", 1), entry("b", 2));
    assertThat(value(view).get()).isEqualTo("text");
    assertThat(view.counter("c").get()).isEqualTo(7);
    assertThat(view.checkpoints()).extracting(c -> c.label()).containsExactly("mark");
  }

  @Test
  default void view_besideItsOwner_showsTheNewestCommit_andDisturbsNobody() {
    StateStore owner = filled();
    StoreStatus before = owner.status();
    map(owner).put("pending", 3);
    StateStore view = fixture().viewBeside(owner);
    if (fixture().viewableWhileOwned()) {
      assertShows(view);
      RestoreReport restore = view.status().restore();
      assertThat(restore.version()).isEqualTo(before.version());
      assertThat(restore.epoch()).isEqualTo(before.epoch());
      assertThat(restore.cleanStop()).isFalse();
      owner.verifyOwnership();
      map(owner).put("c", 3);
      owner.flush();
      assertThat(map(view).get("a")).isEqualTo(1);
      view.close();
      owner.verifyOwnership();
      map(owner).put("d", 4);
      owner.flush();
      assertThat(owner.status().epoch()).isEqualTo(before.epoch());
    } else {
      assertThat(map(view).get("pending")).isEqualTo(3);
      assertThat(view.status().restore().cleanStop()).isTrue();
    }
  }

  @Test
  default void view_ofWhatIsOwnedByNobody_showsIt_severalTimesAtOnce() {
    filled().close();
    StateStore view = fixture().view();
    StateStore second = fixture().open(s -> s.readOnly(true).ownership(OwnershipPolicy.FAIL));
    assertShows(view);
    assertShows(second);
    view.close();
    assertShows(second);
  }

  @Test
  default void view_says_whatItIs() {
    filled().close();
    StoreStatus status = fixture().view().status();
    assertThat(status.state()).isEqualTo(StoreState.READ_ONLY);
    assertThat(status.problem()).isNull();
    assertThat(status.lossWindow()).isEqualTo(Duration.ZERO);
    assertThat(status.unsavedFor()).isEqualTo(Duration.ZERO);
    assertThat(status.pendingBytes()).isZero();
    assertThat(status.commits()).isZero();
    assertThat(status.restore().created()).isFalse();
    assertThat(status.restore().entries()).isPositive();
    assertThat(status.restore().damage()).isNull();
  }

  @Test
  default void view_leavesStorageAsItIs() {
    StateStore owner = filled();
    owner.close();
    StateStore view = fixture().view();
    RestoreReport seen = view.status().restore();
    assertThat(seen.cleanStop()).isTrue();
    assertShows(view);
    view.map("new", String.class, String.class).get("k");
    view.bind(new Desk()).offset = 43;
    view.flush();
    view.close();
    StateStore next = fixture().open();
    RestoreReport found = next.status().restore();
    assertThat(found.version()).isEqualTo(seen.version());
    assertThat(found.entries()).isEqualTo(seen.entries());
    assertThat(found.committedAt()).isEqualTo(seen.committedAt());
    assertThat(found.cleanStop()).as("the goodbye of the owner still counts").isTrue();
    assertThat(found.epoch()).as("nobody owned it meanwhile").isEqualTo(seen.epoch() + 1);
    assertShows(next);
    assertThat(next.bind(new Desk()).offset).isEqualTo(42);
  }

  @Test
  default void writes_areRefused_everyOne() {
    filled().close();
    StateStore view = fixture().view();
    StateMap<String, Integer> map = map(view);
    String checkpoint = view.checkpoints().get(0).id();
    Map<String, Runnable> writes = new LinkedHashMap<>();
    writes.put("put", () -> map.put("a", 9));
    writes.put("put SYNC", () -> map.with(Durability.SYNC).put("a", 9));
    writes.put("putAll", () -> map.putAll(Map.of("a", 9)));
    writes.put("putIfAbsent", () -> map.putIfAbsent("x", 9));
    writes.put("remove", () -> map.remove("a"));
    writes.put("remove if", () -> map.remove("a", 1));
    writes.put("replace", () -> map.replace("a", 9));
    writes.put("replace if", () -> map.replace("a", 1, 9));
    writes.put("compute", () -> map.compute("a", (k, v) -> 9));
    writes.put("computeIfAbsent", () -> map.computeIfAbsent("x", k -> 9));
    writes.put("computeIfPresent", () -> map.computeIfPresent("a", (k, v) -> 9));
    writes.put("merge", () -> map.merge("a", 9, Integer::sum));
    writes.put("clear", map::clear);
    writes.put("asMap put", () -> map.asMap().put("a", 9));
    writes.put("asMap remove", () -> map.asMap().remove("a"));
    writes.put("asMap clear", () -> map.asMap().clear());
    writes.put(
        "iterator",
        () -> {
          Iterator<String> keys = map.asMap().keySet().iterator();
          keys.next();
          keys.remove();
        });
    writes.put("entry", () -> map.asMap().entrySet().iterator().next().setValue(9));
    writes.put("of a new name", () -> view.map("new", String.class, String.class).put("k", "v"));
    writes.put("value set", () -> value(view).set("x"));
    writes.put("value update", () -> value(view).update(now -> now + "x"));
    writes.put("value clear", () -> value(view).clear());
    writes.put("counter add", () -> view.counter("c").add(1));
    writes.put("counter increment", () -> view.counter("c").increment());
    writes.put("counter set", () -> view.counter("c").set(1));
    writes.put("update", () -> view.update(() -> {}));
    writes.put("update SYNC", () -> view.update(Durability.SYNC, () -> {}));
    writes.put("update to a value", () -> view.<@Nullable Integer>update(() -> 1));
    writes.put("checkpoint", view::checkpoint);
    writes.put("checkpoint with a label", () -> view.checkpoint("label"));
    writes.put("dropCheckpoint", () -> view.dropCheckpoint(checkpoint));
    writes.put("dropCheckpoint of none", () -> view.dropCheckpoint("none"));
    writes.put("restore", () -> view.restore(checkpoint));
    writes.put("verifyOwnership", view::verifyOwnership);
    writes.forEach(
        (name, write) ->
            assertThatThrownBy(write::run)
                .as(name)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("'" + view.name() + "'")
                .hasMessageContaining(view.status().source())
                .hasMessageContaining("reading only")
                .hasMessageContaining("readOnly(true)"));
    assertShows(view);
    view.close();
    assertShows(fixture().open());
  }

  @Test
  default void flushAndWhenDurable_haveNothingToWaitFor() throws Exception {
    filled().close();
    StateStore view = fixture().view();
    view.flush();
    assertThat(Threads.get(view.whenDurable().toCompletableFuture())).isNull();
  }

  @Test
  default void namesThatDoNotExist_readAsEmpty() {
    filled().close();
    StateStore view = fixture().view();
    StateMap<String, Integer> none = view.map("none", String.class, Integer.class);
    assertThat(none.get("a")).isNull();
    assertThat(none.getAll(List.of("a"))).isEmpty();
    assertThat(none.size()).isZero();
    assertThat(none.isEmpty()).isTrue();
    assertThat(none.scan(Scan.all()).entries()).isEmpty();
    assertThat(none.asMap()).isEmpty();
    assertThat(view.value("no-value", String.class).get()).isNull();
    assertThat(view.counter("no-counter").get()).isZero();
    assertThat(view.map("none", String.class, Integer.class).size()).as("again").isZero();
    assertThatThrownBy(() -> view.counter("none")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> view.counter("m")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> view.map("m", Long.class, Integer.class))
        .isInstanceOf(IncompatibleStateException.class);
  }

  /** What a view takes for empty must not turn out to be somebody else's map later. */
  @Test
  default void namesThatDoNotExist_stayEmpty_whateverTheOwnerMakes() {
    StateStore owner = filled();
    StateStore view = fixture().viewBeside(owner);
    StateMap<String, Integer> none = view.map("none", String.class, Integer.class);
    assertThat(none.isEmpty()).isTrue();
    if (fixture().viewableWhileOwned()) {
      owner.map("other", String.class, String.class).put("a", "not a number");
      owner.flush();
    }
    assertThat(none.get("a")).isNull();
    assertThat(none.asMap()).isEmpty();
  }

  @Test
  default void bind_fillsTheFields_andKeepsNothing() {
    StateStore owner = filled();
    owner.close();
    StateStore view = fixture().view();
    Desk desk = view.bind(new Desk());
    assertThat(desk.offset).isEqualTo(42);
    assertThat(desk.drawers.get("top")).isEqualTo(3);
    assertThat(desk.restored).isEqualTo(1);
    assertThat(view.bind(new Chair()).legs).as("never stored: it keeps its value").isEqualTo(4);
    assertThatThrownBy(() -> view.bind(new Desk()))
        .as("bound already")
        .isInstanceOf(IllegalArgumentException.class);
    desk.offset = 43;
    view.flush();
    view.close();
    assertThat(desk.checkpoints).isZero();
    StateStore next = fixture().open();
    assertThat(next.bind(new Desk()).offset).isEqualTo(42);
  }

  @Test
  default void open_ofWhatIsNotThere_saysSo_andCreatesNothing() {
    assertThatThrownBy(() -> fixture().view())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("no store 'default'")
        .hasMessageContaining("reading only");
    fixture().open().close();
    assertThatThrownBy(() -> fixture().open(s -> s.readOnly(true).name("other")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("no store 'other'");
    StateStore other = fixture().open(s -> s.name("other"));
    assertThat(other.status().restore().created()).isTrue();
  }

  @Test
  default void close_leavesNothing_andWhatIsClosedSaysSo() {
    filled().close();
    StateStore view = fixture().open(s -> s.readOnly(true));
    assertThat(ShutdownHooks.registered()).as("there is nothing to save").isEmpty();
    StateMap<String, Integer> map = map(view);
    assertThat(map.get("a")).isEqualTo(1);
    view.bind(new Desk());
    view.close();
    view.close();
    assertThat(view.status().state()).isEqualTo(StoreState.CLOSED);
    assertThatThrownBy(() -> map.get("a")).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> map.put("a", 1)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(view::flush).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(view::whenDurable).isInstanceOf(StoreClosedException.class);
    StateStore next = fixture().open(s -> s.ownership(OwnershipPolicy.FAIL));
    map(next).put("a", 2);
    next.flush();
  }
}
