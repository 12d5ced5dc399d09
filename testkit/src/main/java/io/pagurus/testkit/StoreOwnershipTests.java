package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.pagurus.Durability;
import io.pagurus.OwnershipLostException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StoreInUseException;
import io.pagurus.StoreState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the loss of a store to another owner looks like from both sides. */
interface StoreOwnershipTests {
  StoreFixture fixture();

  private static StateMap<String, Integer> map(StateStore store) {
    return store.map("m", String.class, Integer.class);
  }

  @Test
  default void takeOver_fencesTheOldHandles() {
    AtomicInteger lost = new AtomicInteger();
    StateStore old =
        fixture().open(settings -> settings.onOwnershipLost(why -> lost.incrementAndGet()));
    StateMap<String, Integer> map = map(old);
    map.put("a", 1);
    old.flush();
    old.verifyOwnership();
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(old);
      return;
    }
    StateStore now = fixture().takeOver();
    assertThat(now.status().epoch()).isGreaterThan(old.status().epoch());
    map.put("a", 2); // it cannot know yet
    CompletableFuture<Void> stage = old.whenDurable().toCompletableFuture();
    assertThatThrownBy(() -> stage.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(OwnershipLostException.class);
    assertLost(old::flush);
    assertLost(() -> map.put("a", 3));
    assertLost(() -> map.get("a"));
    assertLost(() -> map.with(Durability.SYNC).put("a", 3));
    assertLost(() -> map.compute("a", (k, v) -> 3));
    assertLost(() -> old.counter("c").increment());
    assertLost(() -> old.update(() -> map.put("a", 3)));
    assertLost(old::checkpoint);
    assertLost(old::verifyOwnership);
    assertThat(old.status().state()).isEqualTo(StoreState.FENCED);
    assertThat(old.status().problem()).isNotBlank();
    await().atMost(BackendFixture.PATIENCE).until(() -> lost.get() == 1);
    assertThat(map(now).asMap()).containsOnly(entry("a", 1));
    map(now).put("b", 2);
    now.flush();
    old.close();
    assertThat(lost.get()).as("told once").isEqualTo(1);
    now.verifyOwnership();
    map(now).put("c", 3);
    now.flush();
    assertThat(fixture().reopen(now).status().restore().cleanStop()).isTrue();
  }

  private static void assertLost(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(OwnershipLostException.class);
  }

  @Test
  default void verifyOwnership_findsOut_withoutAWrite() {
    StateStore old = fixture().open();
    old.verifyOwnership();
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(old);
      return;
    }
    StateStore now = fixture().takeOver();
    assertLost(old::verifyOwnership);
    now.verifyOwnership();
  }

  @Test
  default void syncWriteAndFlush_ofAZombie_areNotConfirmed() {
    StateStore old = fixture().open();
    map(old).put("a", 1);
    old.flush();
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(old);
      return;
    }
    StateStore now = fixture().takeOver();
    assertLost(() -> map(old).with(Durability.SYNC).put("a", 2));
    assertThat(map(now).get("a")).isEqualTo(1);
    StateStore third = fixture().takeOver();
    map(now).put("a", 3);
    assertLost(now::flush);
    assertThat(map(third).get("a")).isEqualTo(1);
  }

  @Test
  default void close_ofAZombie_leavesTheNewOwnerAlone() {
    StateStore old = fixture().open();
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(old);
      return;
    }
    StateStore now = fixture().takeOver();
    map(now).put("a", 1);
    now.flush();
    old.close(); // without changes: nothing to save, nothing to lose
    now.verifyOwnership();
    assertThatThrownBy(() -> fixture().open(s -> s.ownership(OwnershipPolicy.FAIL)))
        .as("its goodbye is not the owner's")
        .isInstanceOf(StoreInUseException.class);
    map(now).put("b", 2);
    now.flush();
  }

  @Test
  default void fail_whileTheStoreIsOpen_isRefused_andDisturbsNobody() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    assertThatThrownBy(() -> fixture().open(s -> s.ownership(OwnershipPolicy.FAIL)))
        .isInstanceOf(StoreInUseException.class);
    store.verifyOwnership();
    map(store).put("b", 2);
    store.flush();
    store.close();
    StateStore next = fixture().open(s -> s.ownership(OwnershipPolicy.FAIL));
    assertThat(map(next).size()).isEqualTo(2);
  }

  @Test
  default void wait_endsWithTheCloseOfTheOwner() throws Exception {
    StateStore store = fixture().open(s -> s.lease(StoreFixture.NEVER));
    CountDownLatch asking = new CountDownLatch(1);
    try (Threads threads = new Threads()) {
      Future<StateStore> waiting =
          threads.call(
              () -> {
                asking.countDown();
                return fixture()
                    .open(s -> s.ownership(OwnershipPolicy.WAIT).lease(StoreFixture.NEVER));
              });
      Threads.await(asking);
      map(store).put("last", 1);
      assertThat(waiting.isDone()).isFalse();
      store.close();
      StateStore next = Threads.get(waiting);
      assertThat(map(next).get("last")).isEqualTo(1);
      assertThat(next.status().restore().cleanStop()).isTrue();
    }
  }

  @Test
  default void wait_isBounded() {
    StateStore store = fixture().open();
    assertThatThrownBy(
            () ->
                fixture()
                    .open(
                        s ->
                            s.ownership(OwnershipPolicy.WAIT)
                                .lease(StoreFixture.NEVER)
                                .maxOwnershipWait(Duration.ofMillis(300))))
        .isInstanceOf(StoreInUseException.class);
    map(store).put("a", 1);
    store.flush();
  }

  @Test
  default void onOwnershipLost_mayCloseTheStore() {
    CompletableFuture<StateStore> self = new CompletableFuture<>();
    CompletableFuture<StoreState> closed = new CompletableFuture<>();
    StateStore old =
        fixture()
            .open(
                s ->
                    s.onOwnershipLost(
                        why -> {
                          self.join().close();
                          closed.complete(self.join().status().state());
                        }));
    self.complete(old);
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(old);
      return;
    }
    StateStore now = fixture().takeOver();
    assertLost(old::verifyOwnership);
    await().atMost(BackendFixture.PATIENCE).until(closed::isDone);
    now.verifyOwnership();
  }
}
