package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.pagurus.CommitUnknownException;
import io.pagurus.OwnershipLostException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.State;
import io.pagurus.StateException;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.Stateful;
import io.pagurus.StoreFailedException;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.Threads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers are told when commits are refused, lost, rejected, fenced or cannot be captured. */
class OutcomeTest extends HangTest {
  OutcomeTest() {
    super(Storages.remote());
  }

  private static void assertFails(CompletionStage<?> stage, Class<? extends Throwable> type) {
    assertThatThrownBy(() -> Threads.get(stage.toCompletableFuture())).hasCauseInstanceOf(type);
  }

  @Test
  void whenDurable_ofAFencedStore_fails() {
    StateStore store = open();
    StateStore successor = open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
    map(successor).put("theirs", 1);
    map(store).put("mine", 1);
    assertFails(store.whenDurable(), OwnershipLostException.class);
    assertThatThrownBy(store::whenDurable).isInstanceOf(OwnershipLostException.class);
    assertThatThrownBy(store::flush).isInstanceOf(OwnershipLostException.class);
    assertThatThrownBy(() -> map(store).get("mine")).isInstanceOf(OwnershipLostException.class);
    assertThat(map(successor).asMap()).containsOnly(entry("theirs", 1));
  }

  @Test
  void whenDurable_inABlockThatIsRolledBack_fails() {
    StateStore store = open();
    List<CompletionStage<Void>> stages = new ArrayList<>();
    assertThatThrownBy(
            () ->
                store.update(
                    () -> {
                      map(store).put("k", 1);
                      stages.add(store.whenDurable());
                      throw new UnsupportedOperationException();
                    }))
        .isInstanceOf(UnsupportedOperationException.class);
    assertFails(stages.get(0), IllegalStateException.class);
  }

  @Test
  void rejectedCommit_namesTheEntry_dropsNothing_andReadsGoOn() {
    StateStore store = open(settings -> settings.maxFlushWait(HangTest.LONG));
    map(store).put("before", 1);
    store.flush();
    storage.rejectChanges(
        change ->
            Arrays.equals(
                Arrays.copyOf(change.key(), 6), "poison".getBytes(StandardCharsets.UTF_8)));
    map(store).put("poison-pill", 2);
    map(store).put("beside", 3);
    CompletionStage<Void> durable = store.whenDurable();
    assertThatThrownBy(store::flush)
        .isInstanceOf(StoreFailedException.class)
        .hasMessageContaining("poison-pill")
        .hasMessageContaining("'m'");
    assertFails(durable, StoreFailedException.class);
    assertThatThrownBy(() -> map(store).put("after", 4)).isInstanceOf(StoreFailedException.class);
    assertThatThrownBy(() -> store.update(() -> {})).isInstanceOf(StoreFailedException.class);
    assertThatThrownBy(store::checkpoint).isInstanceOf(StoreFailedException.class);
    assertThat(store.status().state()).isEqualTo(StoreState.FAILED);
    assertThat(store.status().problem()).contains("poison-pill");
    assertThat(map(store).asMap())
        .containsOnly(entry("before", 1), entry("poison-pill", 2), entry("beside", 3));
    assertThatThrownBy(store::close)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("poison-pill");
    storage.heal();
    StateStore again = open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
    assertThat(map(again).asMap()).as("nothing half").containsOnly(entry("before", 1));
  }

  @ParameterizedTest(name = "landed: {0}")
  @ValueSource(booleans = {true, false})
  void lostReply_isAcknowledgedExactlyWhenDurable_andAppliedOnce(boolean landed) throws Exception {
    StateStore store = open();
    StateMap<String, Integer> map = map(store);
    map.put("n", 0);
    store.flush();
    long version = store.status().version();
    if (landed) {
      storage.loseReplies(FaultyStorage.ALWAYS);
    } else {
      storage.loseCommits(FaultyStorage.ALWAYS);
    }
    map.merge("n", 1, Integer::sum);
    store.counter("c").add(1);
    CompletionStage<Void> durable = store.whenDurable();
    assertThatThrownBy(store::flush).isInstanceOf(CommitUnknownException.class);
    assertThat(durable.toCompletableFuture()).isNotDone();
    assertThat(store.status().state()).isEqualTo(StoreState.UNAVAILABLE);
    map.merge("n", 1, Integer::sum);
    store.counter("c").add(1);
    assertThat(durable.toCompletableFuture()).isNotDone();
    storage.heal();
    Threads.get(durable.toCompletableFuture());
    store.flush();
    assertThat(store.status().version()).as("two commits, not more").isEqualTo(version + 2);
    StateStore next = open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
    assertThat(map(next).get("n")).isEqualTo(2);
    assertThat(next.counter("c").get()).isEqualTo(2);
  }

  @ParameterizedTest(name = "landed: {0}")
  @ValueSource(booleans = {true, false})
  void lostReply_thenFenced_isNotConfirmed(boolean landed) {
    StateStore store = open();
    if (landed) {
      storage.loseReplies(FaultyStorage.ALWAYS);
    } else {
      storage.loseCommits(FaultyStorage.ALWAYS);
    }
    map(store).put("n", 1);
    CompletionStage<Void> durable = store.whenDurable();
    assertThatThrownBy(store::flush).isInstanceOf(CommitUnknownException.class);
    AtomicBoolean done = new AtomicBoolean();
    durable.thenRun(() -> done.set(true));
    StateStore successor = open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
    storage.heal();
    if (landed) {
      // The storage knows the commit: it is durable, and may be said so before or after the fence.
      assertThat(map(successor).get("n")).isEqualTo(1);
    } else {
      assertFails(durable, OwnershipLostException.class);
      assertThat(done).isFalse();
      assertThat(map(successor).get("n")).isNull();
    }
  }

  @Test
  void lostReplies_ofAnyNumber_applyNoChangeTwice() throws Exception {
    StateStore store =
        open(settings -> settings.commitInterval(Duration.ofMillis(1)).maxFlushWait(HangTest.LONG));
    AtomicBoolean stop = new AtomicBoolean();
    Future<?> faults =
        threads.run(
            () -> {
              for (int i = 0; !stop.get(); i++) {
                if (i % 2 == 0) {
                  storage.loseReplies(1);
                } else {
                  storage.loseCommits(2);
                }
                Thread.onSpinWait();
              }
            });
    for (int i = 0; i < 100; i++) {
      store.counter("c").increment();
      if (i % 10 == 0) {
        stop.set(i == 90);
        store.whenDurable();
      }
    }
    stop.set(true);
    Threads.get(faults);
    storage.heal();
    store.flush();
    StateStore next = open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
    assertThat(next.counter("c").get()).isEqualTo(100);
  }

  /** A map that can be broken from outside. */
  @Stateful("bean")
  static final class Bean {
    @State Map<String, Double> fine = new HashMap<>();
    @State Node node = new Node();
  }

  /** Cannot be encoded once it points to itself. */
  static final class Node {
    int value;
    Node[] next = {};
  }

  @Test
  void plainFieldThatCannotBeEncoded_stopsCommits_isNamed_andGoesOnAfterwards() {
    StateStore store = open();
    Bean bean = store.bind(new Bean());
    store.flush();
    long version = store.status().version();
    store.update(
        () -> {
          bean.node.value = 1;
          bean.node.next = new Node[] {bean.node};
          map(store).put("with", 1);
        });
    assertThatThrownBy(store::flush)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("bean.node");
    assertThat(store.status().captureFailures()).containsOnlyKeys("bean.node");
    assertThat(store.status().version()).as("nothing is committed").isEqualTo(version);
    map(store).put("meanwhile", 2);
    assertThatThrownBy(store::checkpoint).isInstanceOf(StoreUnavailableException.class);
    assertThat(store.status().version()).isEqualTo(version);
    store.update(() -> bean.node.next = new Node[] {});
    store.flush();
    assertThat(store.status().captureFailures()).isEmpty();
    StateStore next = open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
    assertThat(next.bind(new Bean()).node.value).isEqualTo(1);
    assertThat(map(next).asMap()).containsOnly(entry("with", 1), entry("meanwhile", 2));
  }

  @Test
  void close_withAPlainFieldThatCannotBeEncoded_savesTheRest() {
    StateStore store = open();
    Bean bean = store.bind(new Bean());
    store.update(() -> bean.node.value = 1);
    store.flush();
    store.update(() -> bean.node.next = new Node[] {bean.node});
    map(store).put("k", 1);
    store.close();
    StateStore next = open();
    assertThat(next.bind(new Bean()).node.value).isEqualTo(1);
    assertThat(map(next).get("k")).isEqualTo(1);
  }

  // ---- restore under faults ---------------------------------------------------------------------

  @Test
  void restore_thatCannotBeReadBack_failsTheStore_andNeverMixesMoments() {
    for (int failed = 1; failed <= 3; failed++) {
      StateStore store = open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
      Bean bean = store.bind(new Bean());
      store.update(
          () -> {
            bean.fine.put("n", 1.0);
            map(store).put("n", 1);
          });
      String id = store.checkpoint().id();
      store.update(
          () -> {
            bean.fine.put("n", 2.0);
            map(store).put("n", 2);
          });
      store.flush();
      int reads = failed;
      storage.afterCommit(
          (commit, result) -> {
            if (commit.restoreTo() != null) {
              storage.failReads(reads);
            }
          });
      try {
        store.restore(id);
      } catch (StoreUnavailableException e) {
        assertThat(store.status().state()).isEqualTo(StoreState.FAILED);
      }
      storage.afterCommit((commit, result) -> {}).heal();
      StateStore next = open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
      Bean again = next.bind(new Bean());
      assertThat(map(next).get("n")).isEqualTo(1);
      assertThat(again.fine.get("n")).isEqualTo(1.0);
    }
  }

  @Test
  void restore_onStorageThatStandsStill_endsAndFailsTheStore() {
    StateStore store = open();
    String id = store.checkpoint().id();
    map(store).put("k", 1);
    store.flush();
    storage.haltCommits();
    assertThatThrownBy(() -> store.restore(id)).isInstanceOf(StoreUnavailableException.class);
    assertThat(store.status().state()).isEqualTo(StoreState.FAILED);
    assertThatThrownBy(() -> map(store).put("k", 2)).isInstanceOf(StoreFailedException.class);
    storage.goOn();
    assertThatThrownBy(store::close).isInstanceOf(StoreUnavailableException.class);
    StateStore next = open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
    assertThat(map(next).size()).isIn(0L, 1L);
  }

  @Test
  void restore_besideAClose_ends() throws Exception {
    StateStore store = open(settings -> settings.maxFlushWait(LONG).maxWriteWait(LONG));
    String id = store.checkpoint().id();
    map(store).put("k", 1);
    store.flush();
    storage.haltCommits();
    Future<?> restoring = threads.run(() -> store.restore(id));
    storage.awaitHaltedCommit();
    assertThatThrownBy(store::close).isInstanceOf(StoreUnavailableException.class);
    storage.goOn();
    // Its commit was on the way: it is done after all, or not known to be; but the wait ends.
    try {
      Threads.get(restoring);
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(StateException.class);
    }
  }

  @Test
  void restore_thatIsRefusedForAWhile_isDoneOnce() {
    StateStore store = open(settings -> settings.maxFlushWait(HangTest.LONG));
    map(store).put("k", 1);
    String id = store.checkpoint().id();
    map(store).put("k", 2);
    storage.loseReplies(3);
    store.restore(id);
    assertThat(map(store).get("k")).isEqualTo(1);
    map(store).put("k", 3);
    store.flush();
    assertThat(map(store).get("k")).isEqualTo(3);
    Awaitility.await().until(() -> store.status().state() == StoreState.OPEN);
  }

  /** One name, two types with the same encoding. */
  record First(int a) {}

  /** One name, two types with the same encoding. */
  record Second(int a) {}

  @Test
  void mapAskedForWithTwoTypes_isOneStateOrRefused() {
    StateStore store = open();
    StateMap<String, First> first = store.map("typed", String.class, First.class);
    first.put("k", new First(1));
    assertThatThrownBy(() -> store.map("typed", String.class, Second.class).get("k"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("First");
  }
}
