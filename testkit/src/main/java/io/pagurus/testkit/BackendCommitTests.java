package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.OwnershipPolicy;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a commit promises: all of it or nothing, once, in order, and seen as one instant. */
interface BackendCommitTests {
  /** The longest arrays the tests make, whatever the backend allows. */
  int LARGEST = 32 << 20;

  BackendFixture fixture();

  @Test
  default void inspect_newStorage_isEmpty() {
    assertThat(fixture().open().inspect()).isEqualTo(StoreHead.EMPTY);
  }

  @Test
  default void info_isSensibleAndConstant() {
    StateBackend backend = fixture().open();
    BackendInfo info = backend.info();
    assertThat(info).isEqualTo(backend.info());
    assertThat(info.maxKeyBytes()).isGreaterThanOrEqualTo(256);
    assertThat(info.maxValueBytes()).isGreaterThanOrEqualTo(1 << 20);
    assertThat(info.commitInterval()).isPositive();
    assertThat(info.source()).isNotBlank();
  }

  @Test
  default void commit_isSeenByReadsAndInTheHead() {
    BackendOwner owner = fixture().own();
    Commit commit = owner.commit(c -> c.put(1, "a", "1").put(2, "b", "2"));
    assertThat(owner.get(1, "a")).isEqualTo("1");
    assertThat(owner.get(2, "b")).isEqualTo("2");
    StoreHead head = owner.backend().inspect();
    assertThat(head.epoch()).isEqualTo(owner.epoch());
    assertThat(head.version()).isEqualTo(commit.version());
    assertThat(head.commitId()).isEqualTo(commit.commitId());
    assertThat(head.committedAt()).isEqualTo(commit.committedAt());
    BackendOwner.assertEntries(head, 2);
    assertThat(head.released()).isFalse();
    assertThat(head.owner()).isNotBlank();
  }

  @Test
  default void commit_replacesAndRemoves() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1").put(1, "b", "2").put(1, "c", "3"));
    owner.commit(c -> c.put(1, "a", "longer than before").remove(1, "b").remove(1, "absent"));
    assertThat(owner.get(1, "a")).isEqualTo("longer than before");
    assertThat(owner.get(1, "b")).isNull();
    assertThat(owner.get(1, "c")).isEqualTo("3");
    assertThat(owner.backend().inspect().entries()).isEqualTo(2);
  }

  @Test
  default void commit_withoutContent_movesTheVersion() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1"));
    owner.commit(c -> {});
    assertThat(owner.backend().inspect().version()).isEqualTo(owner.version());
    assertThat(owner.get(1, "a")).isEqualTo("1");
  }

  @Test
  default void commit_clearsBeforeItChanges() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1").put(1, "b", "2").put(2, "a", "other space"));
    owner.commit(c -> c.put(1, "b", "new").put(1, "d", "4").remove(1, "a").clear(1).clear(9));
    assertThat(owner.dump(1)).containsExactly("62=6e6577", "64=34");
    assertThat(owner.get(2, "a")).isEqualTo("other space");
    assertThat(owner.backend().inspect().entries()).isEqualTo(3);
  }

  @Test
  default void commit_sentAgain_isCommittedOnce() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1").put(1, "b", "2"));
    Commit commit =
        owner.commit(c -> c.clear(1).put(1, "c", "3").checkpoint("cp", null).put(1, "d", "4"));
    StoreHead head = owner.backend().inspect();
    for (int i = 0; i < 3; i++) {
      assertThat(owner.send(commit)).isEqualTo(new CommitResult.Committed());
    }
    assertThat(owner.backend().inspect()).isEqualTo(head);
    assertThat(owner.backend().checkpoints()).hasSize(1);
    owner.commit(c -> c.put(1, "e", "5"));
    assertThat(owner.dump(1)).containsExactly("63=33", "64=34", "65=35");
  }

  @Test
  default void commit_takesManyChanges() {
    BackendOwner owner = fixture().own();
    owner.commit(
        c -> {
          for (int i = 0; i < 20_000; i++) {
            c.put(1, "key-%05d".formatted(i), "value " + i);
          }
        });
    owner.commit(
        c -> {
          for (int i = 0; i < 20_000; i++) {
            if (i % 2 == 0) {
              c.remove(1, "key-%05d".formatted(i));
            } else {
              c.put(1, "key-%05d".formatted(i), "changed");
            }
          }
        });
    assertThat(owner.backend().count(1, List.of())).isEqualTo(10_000);
    assertThat(owner.get(1, "key-00001")).isEqualTo("changed");
    assertThat(owner.get(1, "key-19998")).isNull();
  }

  @Test
  default void commit_takesKeysAndValuesUpToTheLimits() {
    BackendOwner owner = fixture().own();
    BackendInfo info = owner.backend().info();
    byte[] key = Bytes.random(new Random(1), Math.min(info.maxKeyBytes(), LARGEST));
    byte[] sibling = key.clone();
    sibling[key.length - 1]++;
    byte[] value = Bytes.random(new Random(2), Math.min(info.maxValueBytes(), LARGEST));
    owner.commit(c -> c.put(1, key, value));
    owner.commit(c -> c.put(1, sibling, Bytes.utf8("differs in the last byte of the key")));
    BackendOwner next = fixture().ownAfterDeathOf(owner);
    assertThat(Bytes.show(read(next, key))).isEqualTo(Bytes.show(value));
    assertThat(read(next, sibling)).isEqualTo(Bytes.utf8("differs in the last byte of the key"));
    assertThat(next.backend().scan(1, key, null, 10)).hasSize(1);
  }

  @Test
  default void commit_beyondTheLimits_isTakenWholeOrRejectedWhole() {
    BackendOwner owner = fixture().own();
    BackendInfo info = owner.backend().info();
    if (info.maxKeyBytes() < LARGEST) {
      takenOrRejected(owner, new byte[info.maxKeyBytes() + 1], Bytes.utf8("v"));
    }
    if (info.maxValueBytes() < LARGEST) {
      takenOrRejected(owner, Bytes.utf8("k"), new byte[info.maxValueBytes() + 1]);
    }
    owner.commit(c -> c.put(1, "goes", "on"));
  }

  private static void takenOrRejected(BackendOwner owner, byte[] key, byte[] value) {
    Commit commit = owner.draft(c -> c.put(3, "before", "b").put(3, key, value));
    CommitResult result = owner.send(commit);
    if (result instanceof CommitResult.Rejected rejected) {
      Change named = rejected.change();
      if (named != null) {
        assertThat(Bytes.show(named.key())).isEqualTo(Bytes.show(key));
      }
      assertThat(owner.dump(3)).isEmpty();
      assertThat(owner.backend().inspect().version()).isEqualTo(owner.version());
    } else {
      assertThat(result).isEqualTo(new CommitResult.Committed());
      assertThat(Bytes.show(readFrom(owner, 3, key))).isEqualTo(Bytes.show(value));
      owner.commit(c -> c.clear(3));
    }
  }

  @Test
  default void reopened_holdsEveryCommit_andTheVersionGoesOn() {
    BackendOwner first = fixture().own();
    first.commit(c -> c.put(1, "a", "1"));
    Commit last = first.commit(c -> c.put(1, "b", "2"));
    BackendOwner second = fixture().ownAfterDeathOf(first);
    assertThat(second.acquired().version()).isEqualTo(last.version());
    assertThat(second.acquired().commitId()).isEqualTo(last.commitId());
    assertThat(second.acquired().committedAt()).isEqualTo(last.committedAt());
    BackendOwner.assertEntries(second.acquired(), 2);
    assertThat(second.acquired().released()).isFalse();
    assertThat(second.dump(1)).containsExactly("61=31", "62=32");
    Commit next = second.commit(c -> c.clear(1));
    assertThat(next.version()).isEqualTo(last.version() + 1);
    BackendOwner third = fixture().ownAfterDeathOf(second);
    assertThat(third.acquired().version()).isEqualTo(next.version());
    BackendOwner.assertEntries(third.acquired(), 0);
  }

  @Test
  default void release_isInTheHead_untilTheNextOwner() {
    BackendOwner first = fixture().own();
    first.commit(c -> c.put(1, "a", "1").release());
    assertThat(first.backend().inspect().released()).isTrue();
    first.backend().close();
    BackendOwner second = fixture().own(fixture().request(OwnershipPolicy.FAIL));
    assertThat(second.acquired().released()).isTrue();
    assertThat(second.get(1, "a")).isEqualTo("1");
    assertThat(second.backend().inspect().released()).isFalse();
    second.commit(c -> c.put(1, "b", "2"));
    assertThat(second.backend().inspect().released()).isFalse();
  }

  @Test
  default void stores_onOneStorage_areIndependent() {
    BackendOwner one = fixture().own();
    BackendOwner other =
        fixture()
            .own(
                fixture()
                    .request(
                        "other.Store_1-x",
                        BackendFixture.thisProcess(),
                        OwnershipPolicy.FAIL,
                        BackendFixture.PATIENCE,
                        BackendFixture.FOREVER));
    one.commit(c -> c.put(1, "a", "one").checkpoint("cp", "label"));
    assertThat(other.get(1, "a")).isNull();
    assertThat(other.backend().checkpoints()).isEmpty();
    other.commit(c -> c.put(1, "a", "other"));
    other.commit(c -> c.clear(1));
    assertThat(one.get(1, "a")).isEqualTo("one");
    assertThat(one.backend().inspect().version()).isEqualTo(1);
    assertThat(other.backend().inspect().version()).isEqualTo(2);
    one.commit(c -> c.put(1, "b", "one"));
  }

  @Test
  default void reads_besideCommits_seeNoMixture() throws Exception {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "left", "x").put(2, "counted", "x"));
    StateBackend backend = owner.backend();
    List<byte[]> both = List.of(Bytes.utf8("left"), Bytes.utf8("right"));
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch reading = new CountDownLatch(3);
    Consumer<Runnable> untilDone =
        read -> {
          read.run();
          reading.countDown();
          while (!done.get()) {
            read.run();
          }
        };
    try (Threads threads = new Threads()) {
      threads.run(() -> untilDone.accept(() -> assertThat(backend.getAll(1, both)).hasSize(1)));
      threads.run(
          () -> untilDone.accept(() -> assertThat(backend.count(1, List.of())).isEqualTo(1)));
      threads.run(
          () ->
              untilDone.accept(
                  () -> {
                    assertThat(backend.scan(1, new byte[0], null, 10)).hasSize(1);
                    assertThat(backend.count(2, List.of())).as("cleared and set").isEqualTo(1);
                  }));
      Threads.await(reading);
      for (int i = 0; i < 150 && !threads.failed(); i++) {
        String from = i % 2 == 0 ? "left" : "right";
        String to = i % 2 == 0 ? "right" : "left";
        String value = "x".repeat(1 + i * 40);
        owner.commit(
            c -> {
              c.clear(2).remove(1, from);
              for (int k = 0; k < 50; k++) {
                c.put(3, "between" + k, value); // gives a reader time to come between
              }
              c.put(1, to, value).put(2, "k", value);
            });
      }
      done.set(true);
      threads.join();
    }
  }

  private static byte[] read(BackendOwner owner, byte[] key) {
    return readFrom(owner, 1, key);
  }

  private static byte[] readFrom(BackendOwner owner, int space, byte[] key) {
    byte[] value = owner.backend().get(space, key);
    if (value == null) {
      throw new AssertionError("No value for " + Bytes.show(key));
    }
    return value;
  }
}
