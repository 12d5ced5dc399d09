package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.pagurus.Durability;
import io.pagurus.RestoreReport;
import io.pagurus.Scan;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.StoreClosedException;
import io.pagurus.StoreState;
import io.pagurus.StoreStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What survives what, how a store reports it, and what a closed store still does. */
interface StoreDurabilityTests {
  StoreFixture fixture();

  private static StateMap<String, Integer> map(StateStore store) {
    return store.map("m", String.class, Integer.class);
  }

  @Test
  default void flush_survivesACrash_andWhatCameLaterIsGoneAsOne() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    store.value("v", String.class).set("x");
    store.counter("c").increment();
    store.flush();
    map(store).put("a", 2);
    map(store).put("b", 2);
    store.counter("c").increment();
    StateStore next = fixture().crash(store);
    assertThat(map(next).asMap()).containsOnly(entry("a", 1));
    assertThat(next.value("v", String.class).get()).isEqualTo("x");
    assertThat(next.counter("c").get()).isEqualTo(1);
  }

  @Test
  default void whenDurable_survivesACrash() throws Exception {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    store.whenDurable().toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertThat(map(fixture().crash(store)).get("a")).isEqualTo(1);
  }

  @Test
  default void whenDurable_callbacksMayCallAnything() throws Exception {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    store
        .whenDurable()
        .thenRun(
            () -> {
              map(store).put("b", 2);
              store.update(() -> map(store).put("c", 3));
              store.flush();
            })
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    store.whenDurable().toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertThat(map(fixture().crash(store)).size()).isEqualTo(3);
  }

  @Test
  default void syncHandle_survivesACrash_operationByOperation() {
    StateStore store = fixture().open();
    StateMap<String, Integer> sync = map(store).with(Durability.SYNC);
    assertThat(sync.name()).isEqualTo("m");
    sync.put("put", 1);
    StateStore second = fixture().crash(store);
    sync = map(second).with(Durability.SYNC);
    assertThat(sync.asMap()).containsOnly(entry("put", 1));
    sync.putAll(Map.of("all", 2));
    sync.compute("computed", (k, v) -> 3);
    sync.merge("merged", 4, Integer::sum);
    sync.putIfAbsent("absent", 5);
    sync.replace("absent", 5, 6);
    sync.remove("put");
    StateStore third = fixture().crash(second);
    assertThat(map(third).asMap())
        .containsOnly(
            entry("all", 2), entry("computed", 3), entry("merged", 4), entry("absent", 6));
    map(third).with(Durability.SYNC).clear();
    assertThat(map(fixture().crash(third)).isEmpty()).isTrue();
  }

  @Test
  default void syncStore_survivesACrash_withEveryWrite() {
    StateStore store = fixture().open(settings -> settings.durability(Durability.SYNC));
    map(store).put("a", 1);
    store.value("v", String.class).set("x");
    store.counter("c").increment();
    store.update(() -> map(store).put("b", 2));
    map(store).with(Durability.ASYNC).put("async", 3);
    StateStore next = fixture().crash(store);
    assertThat(map(next).asMap()).containsOnly(entry("a", 1), entry("b", 2));
    assertThat(next.value("v", String.class).get()).isEqualTo("x");
    assertThat(next.counter("c").get()).isEqualTo(1);
  }

  @Test
  default void commitInterval_makesChangesDurableByItself() {
    StateStore store = fixture().open(s -> s.commitInterval(Duration.ofMillis(10)));
    map(store).put("a", 1);
    await().atMost(BackendFixture.PATIENCE).until(() -> store.status().pendingBytes() == 0);
    assertThat(map(fixture().crash(store)).get("a")).isEqualTo(1);
  }

  @Test
  default void flush_withoutChanges_commitsNothing() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    store.flush();
    long version = store.status().version();
    store.flush();
    store.flush();
    assertThat(store.status().version()).isEqualTo(version);
  }

  @Test
  default void close_survives_andTheReportSaysClean() {
    StateStore store = fixture().open();
    RestoreReport first = store.status().restore();
    assertThat(first.created()).isTrue();
    assertThat(first.version()).isZero();
    assertThat(first.entries()).isZero();
    assertThat(first.committedAt()).isNull();
    assertThat(first.age()).isEqualTo(Duration.ZERO);
    assertThat(first.previousOwner()).isNull();
    assertThat(first.epoch()).isPositive();
    assertThat(first.took()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(first.source()).isNotBlank();
    map(store).put("a", 1);
    store.close();
    StateStore next = fixture().open();
    assertThat(map(next).get("a")).isEqualTo(1);
    RestoreReport second = next.status().restore();
    assertThat(second.created()).isFalse();
    assertThat(second.cleanStop()).isTrue();
    assertThat(second.version()).isPositive();
    assertThat(second.entries()).isPositive();
    assertThat(second.committedAt()).isNotNull();
    assertThat(second.age()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(second.previousOwner()).isNotBlank();
    assertThat(second.epoch()).isGreaterThan(first.epoch());
  }

  @Test
  default void crash_isInTheReport() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    store.flush();
    RestoreReport report = fixture().crash(store).status().restore();
    assertThat(report.created()).isFalse();
    assertThat(report.cleanStop()).isFalse();
    assertThat(report.version()).isEqualTo(store.status().version());
  }

  @Test
  default void status_tellsWhatIsPending() {
    StateStore store = fixture().open(s -> s.commitInterval(Duration.ofMinutes(59)));
    map(store).put("a", 1);
    store.flush();
    StoreStatus before = store.status();
    assertThat(before.name()).isEqualTo(store.name());
    assertThat(before.source()).isNotBlank();
    assertThat(before.state()).isEqualTo(StoreState.OPEN);
    assertThat(before.problem()).isNull();
    assertThat(before.epoch()).isPositive();
    assertThat(before.version()).isPositive();
    assertThat(before.commits()).isPositive();
    assertThat(before.lastCommitAt()).isNotNull();
    assertThat(before.pendingBytes()).isZero();
    assertThat(before.unsavedFor()).isEqualTo(Duration.ZERO);
    assertThat(before.lossWindow()).isGreaterThanOrEqualTo(Duration.ofMinutes(59));
    assertThat(before.captureFailures()).isEmpty();
    map(store).put("b", 2);
    StoreStatus pending = store.status();
    assertThat(pending.pendingBytes()).isPositive();
    assertThat(pending.unsavedFor()).isPositive();
    assertThat(pending.version()).isEqualTo(before.version());
    store.flush();
    StoreStatus after = store.status();
    assertThat(after.pendingBytes()).isZero();
    assertThat(after.unsavedFor()).isEqualTo(Duration.ZERO);
    assertThat(after.version()).isGreaterThan(before.version());
    assertThat(after.commits()).isGreaterThan(before.commits());
  }

  @Test
  default void names_separateStoresOnOneStorage() {
    StateStore one = fixture().open(settings -> settings.name("one"));
    StateStore two = fixture().open(settings -> settings.name("two"));
    assertThat(one.name()).isEqualTo("one");
    map(one).put("a", 1);
    map(two).put("a", 2);
    one.flush();
    two.flush();
    assertThat(map(one).get("a")).isEqualTo(1);
    map(two).clear();
    two.close();
    one.close();
    StateStore again = fixture().open(settings -> settings.name("one"));
    assertThat(map(again).get("a")).isEqualTo(1);
  }

  @Test
  default void close_isFinal() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    map.put("a", 1);
    String checkpoint = store.checkpoint().id();
    store.close();
    store.close();
    List<ThrowingCallable> calls =
        List.of(
            () -> map.get("a"),
            () -> map.put("a", 2),
            () -> map.remove("a"),
            () -> map.size(),
            () -> map.scan(Scan.all()),
            () -> map.clear(),
            () -> map.compute("a", (k, v) -> 2),
            () -> map.with(Durability.SYNC).put("a", 2),
            () -> map.asMap().get("a"),
            () -> store.map("other", String.class, String.class).put("a", "b"),
            () -> store.value("v", String.class).set("x"),
            () -> store.counter("c").increment(),
            () -> store.update(() -> map.put("a", 2)),
            store::flush,
            store::checkpoint,
            store::checkpoints,
            () -> store.restore(checkpoint),
            () -> store.dropCheckpoint(checkpoint),
            store::verifyOwnership);
    for (int i = 0; i < calls.size(); i++) {
      assertThatThrownBy(calls.get(i)).as("call %d", i).isInstanceOf(StoreClosedException.class);
    }
    assertThat(store.status().state()).isEqualTo(StoreState.CLOSED);
    assertThat(store.name()).isEqualTo(store.status().name());
    assertThat(map(fixture().open()).get("a")).isEqualTo(1);
  }

  @Test
  default void open_again_manyTimes_inOneJvm() {
    long epoch = 0;
    for (int i = 0; i < 5; i++) {
      StateStore store = fixture().open();
      assertThat(store.status().epoch()).isGreaterThan(epoch);
      epoch = store.status().epoch();
      assertThat(store.counter("starts").increment()).isEqualTo(i + 1);
      store.close();
    }
  }

  @Test
  default void builder_opensSeveralStores_withSettingsOfTheirOwn() {
    StateStoreBuilder builder = fixture().builder().name("first");
    StateStore first = fixture().open(ignored -> builder);
    builder.name("second");
    StateStore second = fixture().open(ignored -> builder);
    assertThat(first.name()).isEqualTo("first");
    assertThat(second.name()).isEqualTo("second");
  }
}
