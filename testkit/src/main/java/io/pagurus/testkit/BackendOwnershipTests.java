package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreInUseException;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.StoreHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What ownership promises: one owner whose commits count, and the policies about its successor. */
interface BackendOwnershipTests {
  BackendFixture fixture();

  @Test
  default void acquire_newStorage_underAnyPolicy() {
    for (OwnershipPolicy policy : OwnershipPolicy.values()) {
      BackendOwner owner =
          fixture()
              .own(
                  fixture()
                      .request(
                          "new-" + policy,
                          BackendFixture.thisProcess(),
                          policy,
                          BackendFixture.PATIENCE,
                          BackendFixture.FOREVER));
      assertThat(owner.epoch()).isPositive();
      assertThat(owner.acquired())
          .isEqualTo(new StoreHead(owner.epoch(), 0, null, null, 0, false, null));
      assertThat(owner.backend().inspect().epoch()).isEqualTo(owner.epoch());
      assertThat(owner.commit(c -> {}).version()).isEqualTo(1);
    }
  }

  @Test
  default void acquire_returnsTheHeadBefore_withTheNewEpoch() {
    BackendOwner first = fixture().own();
    first.commit(c -> c.put(1, "a", "1"));
    StoreHead before = first.backend().inspect();
    BackendOwner second = fixture().ownAfterDeathOf(first);
    assertThat(second.epoch()).isGreaterThan(first.epoch());
    assertThat(second.acquired())
        .isEqualTo(
            new StoreHead(
                second.epoch(),
                before.version(),
                before.commitId(),
                before.committedAt(),
                before.entries(),
                before.released(),
                before.owner()));
    StoreHead now = second.backend().inspect();
    assertThat(now.epoch()).isEqualTo(second.epoch());
    assertThat(now.version()).isEqualTo(before.version());
  }

  @Test
  default void inspect_disturbsNobody() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1"));
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(owner);
      return;
    }
    StoreHead seen = fixture().open().inspect();
    assertThat(seen).isEqualTo(owner.backend().inspect());
    owner.commit(c -> c.put(1, "a", "2"));
  }

  @Test
  default void takeOver_fencesTheFormerOwner_forEver() {
    BackendOwner old = fixture().own();
    old.commit(c -> c.put(1, "a", "old"));
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(old);
      return;
    }
    BackendOwner now = fixture().own();
    Commit late = old.draft(c -> c.put(1, "a", "late").put(1, "b", "late").checkpoint("no", null));
    for (int i = 0; i < 3; i++) {
      assertFenced(old.send(late), now);
    }
    assertFenced(old.send(old.draft(c -> c.clear(1))), now);
    assertThat(now.dump(1)).containsExactly("61=6f6c64");
    assertThat(now.backend().checkpoints()).isEmpty();
    now.commit(c -> c.put(1, "a", "new"));
    assertFenced(old.send(late), now);
    assertFenced(old.send(old.draft(c -> c.release())), now);
    assertThat(now.get(1, "a")).isEqualTo("new");
    assertThat(now.backend().inspect().released()).isFalse();
  }

  private static void assertFenced(CommitResult result, BackendOwner by) {
    assertThat(result).isInstanceOf(CommitResult.Fenced.class);
    CommitResult.Fenced fenced = (CommitResult.Fenced) result;
    assertThat(fenced.epoch()).isEqualTo(by.epoch());
    assertThat(fenced.owner()).isNotBlank();
  }

  @Test
  default void zombie_whoseLastCommitLanded_learnsThat_andIsFencedFromThenOn() {
    BackendOwner old = fixture().own();
    Commit landed = old.commit(c -> c.put(1, "a", "landed"));
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(old);
      return;
    }
    BackendOwner now = fixture().own();
    assertThat(old.send(landed))
        .as("its answer was lost, it asks again")
        .isEqualTo(new CommitResult.Committed());
    now.commit(c -> c.put(1, "a", "new"));
    assertThat(old.send(landed)).isEqualTo(new CommitResult.Committed());
    assertThat(now.get(1, "a")).as("asking changes nothing").isEqualTo("new");
    assertFenced(old.send(old.draft(c -> c.put(1, "a", "late"))), now);
  }

  @Test
  default void currentOwnerUnless_namesTheNewOwner() {
    BackendOwner old = fixture().own();
    assertThat(old.backend().currentOwnerUnless(old.epoch())).isNull();
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(old);
      return;
    }
    BackendOwner now = fixture().own();
    assertThat(old.backend().currentOwnerUnless(old.epoch()))
        .contains(Long.toString(ProcessHandle.current().pid()));
    assertThat(now.backend().currentOwnerUnless(now.epoch())).isNull();
  }

  @Test
  default void fail_whileTheOwnerLives_isRefused_andDisturbsNobody() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1"));
    assertThatThrownBy(() -> fixture().own(fixture().request(OwnershipPolicy.FAIL)))
        .isInstanceOf(StoreInUseException.class)
        .hasMessageContaining(
            fixture().severalCanOpen() ? Long.toString(ProcessHandle.current().pid()) : "");
    owner.commit(c -> c.put(1, "a", "2"));
    assertThat(owner.backend().currentOwnerUnless(owner.epoch())).isNull();
  }

  @Test
  default void fail_whenAReleasedStoreHasANewOwner_isRefused() {
    BackendOwner first = fixture().own();
    first.commit(c -> c.release());
    first.backend().close();
    BackendOwner second = fixture().own(fixture().request(OwnershipPolicy.FAIL));
    assertThatThrownBy(() -> fixture().own(fixture().request(OwnershipPolicy.FAIL)))
        .as("it has an owner, even one that has not committed yet")
        .isInstanceOf(StoreInUseException.class);
    second.commit(c -> c.put(1, "a", "1"));
  }

  @Test
  default void failAndWait_whenTheOwnerIsProvenDead_goAtOnce() {
    for (OwnershipPolicy policy : List.of(OwnershipPolicy.FAIL, OwnershipPolicy.WAIT)) {
      BackendRequest dying =
          fixture()
              .request(
                  "contract",
                  BackendFixture.deadProcess(),
                  OwnershipPolicy.TAKE_OVER,
                  BackendFixture.PATIENCE,
                  BackendFixture.FOREVER);
      BackendOwner dead = fixture().own(dying);
      dead.commit(c -> c.put(1, policy.name(), "left behind"));
      dead.backend().close();
      BackendOwner next = fixture().own(fixture().request(policy));
      assertThat(next.get(1, policy.name())).isEqualTo("left behind");
      assertThat(next.acquired().released()).isFalse();
      next.commit(c -> c.release());
      next.backend().close();
    }
  }

  @Test
  default void wait_endsWhenTheOwnerReleases() throws Exception {
    BackendOwner old = fixture().own();
    old.commit(c -> c.put(1, "a", "1"));
    CountDownLatch asking = new CountDownLatch(1);
    try (Threads threads = new Threads()) {
      Future<BackendOwner> waiting =
          threads.call(
              () -> {
                asking.countDown();
                return fixture().own(fixture().request(OwnershipPolicy.WAIT));
              });
      Threads.await(asking);
      old.commit(c -> c.put(1, "a", "last words"));
      assertThat(waiting.isDone()).as("the owner lives, the lease is endless").isFalse();
      old.commit(c -> c.release());
      old.backend().close();
      BackendOwner next = Threads.get(waiting);
      assertThat(next.acquired().released()).isTrue();
      assertThat(next.get(1, "a")).isEqualTo("last words");
      next.commit(c -> c.put(1, "a", "next"));
    }
  }

  @Test
  default void wait_isBounded() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1"));
    BackendRequest request =
        fixture().request(OwnershipPolicy.WAIT, Duration.ofMillis(300), BackendFixture.FOREVER);
    assertThatThrownBy(() -> fixture().own(request)).isInstanceOf(StoreInUseException.class);
    owner.commit(c -> c.put(1, "a", "2"));
  }

  /** A silent owner: where only silence tells, one lease of it is enough; else never. */
  @Test
  default void wait_forASilentOwner_takesOneLeaseWhereOnlySilenceTells() {
    BackendOwner silent = fixture().own();
    silent.commit(c -> c.put(1, "a", "1"));
    boolean silenceTells = silent.backend().info().heartbeat() != null;
    BackendRequest request =
        fixture()
            .request(
                OwnershipPolicy.WAIT,
                silenceTells ? BackendFixture.PATIENCE : Duration.ofSeconds(1),
                Duration.ofMillis(300));
    if (silenceTells && fixture().severalCanOpen()) {
      BackendOwner next = fixture().own(request);
      assertFenced(silent.send(silent.draft(c -> c.put(1, "a", "late"))), next);
      assertThat(next.get(1, "a")).isEqualTo("1");
    } else {
      assertThatThrownBy(() -> fixture().own(request)).isInstanceOf(StoreInUseException.class);
      silent.commit(c -> c.put(1, "a", "2"));
    }
  }

  @Test
  default void wait_forAnOwnerThatCommits_doesNotTakeOver() throws Exception {
    BackendOwner owner = fixture().own();
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch committing = new CountDownLatch(1);
    try (Threads threads = new Threads()) {
      threads.run(
          () -> {
            while (!done.get()) {
              owner.commit(c -> {});
              committing.countDown();
            }
          });
      Threads.await(committing);
      BackendRequest request =
          fixture().request(OwnershipPolicy.WAIT, Duration.ofSeconds(4), Duration.ofSeconds(2));
      assertThatThrownBy(() -> fixture().own(request)).isInstanceOf(StoreInUseException.class);
      done.set(true);
      threads.join();
    }
    owner.commit(c -> c.put(1, "still", "mine"));
  }

  @Test
  default void race_underFail_hasOneWinner() throws Exception {
    for (int round = 0; round < 5; round++) {
      String store = "race-" + round;
      CountDownLatch start = new CountDownLatch(1);
      List<BackendOwner> winners = new ArrayList<>();
      try (Threads threads = new Threads()) {
        for (int i = 0; i < 4; i++) {
          threads.run(
              () -> {
                Threads.await(start);
                try {
                  BackendOwner owner =
                      fixture()
                          .own(
                              fixture()
                                  .request(
                                      store,
                                      BackendFixture.thisProcess(),
                                      OwnershipPolicy.FAIL,
                                      BackendFixture.PATIENCE,
                                      BackendFixture.FOREVER));
                  synchronized (winners) {
                    winners.add(owner);
                  }
                } catch (StoreInUseException lost) {
                  assertThat(lost).hasMessageMatching("(?s).+");
                }
              });
        }
        start.countDown();
        threads.join();
      }
      assertThat(winners).hasSize(1);
      winners.get(0).commit(c -> c.put(1, "mine", "yes"));
    }
  }

  /** Owners take over from each other while they commit; what was acknowledged must be there. */
  @Test
  default void race_ofTakeOversAndCommits_losesNoAcknowledgedCommit() throws Exception {
    if (!fixture().severalCanOpen()) {
      fixture().assertSecondIsRefused(fixture().own());
      return;
    }
    Map<Long, String> acknowledged = new ConcurrentSkipListMap<>();
    Set<Long> epochs = new HashSet<>();
    try (Threads threads = new Threads()) {
      for (int i = 0; i < 4; i++) {
        threads.run(
            () -> {
              for (int life = 0; life < 5; life++) {
                BackendOwner owner = fixture().own();
                synchronized (epochs) {
                  assertThat(epochs.add(owner.epoch())).as("epochs are unique").isTrue();
                }
                commitUntilFenced(owner, acknowledged);
              }
            });
      }
      threads.join();
    }
    BackendOwner last = fixture().own();
    acknowledged.forEach((version, id) -> assertThat(last.get(1, "v" + version)).isEqualTo(id));
    assertThat(last.acquired().version()).isGreaterThanOrEqualTo(acknowledged.size());
  }

  private static void commitUntilFenced(BackendOwner owner, Map<Long, String> acknowledged) {
    for (int i = 0; i < 30; i++) {
      Commit commit =
          owner.draft(c -> c.put(1, "v" + c.version(), owner.epoch() + "/" + c.version()));
      CommitResult result = owner.send(commit);
      for (int tries = 0; result instanceof CommitResult.TryAgain && tries < 1000; tries++) {
        result = owner.send(commit);
      }
      if (!(result instanceof CommitResult.Committed)) {
        assertThat(result).isInstanceOf(CommitResult.Fenced.class);
        return;
      }
      String id = owner.epoch() + "/" + commit.version();
      assertThat(acknowledged.put(commit.version(), id)).as("one commit a version").isNull();
    }
  }
}
