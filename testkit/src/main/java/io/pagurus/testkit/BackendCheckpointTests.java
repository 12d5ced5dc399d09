package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Checkpoint;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.StoreHead;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What checkpoints promise: the exact state of a commit, for as long as they are recorded. */
interface BackendCheckpointTests {
  BackendFixture fixture();

  @Test
  default void checkpoints_areRecorded_oldestFirst_andStay() {
    BackendOwner owner = fixture().own();
    assertThat(owner.backend().checkpoints()).isEmpty();
    Commit first = owner.commit(c -> c.put(1, "a", "1").checkpoint("z-first", null));
    owner.commit(c -> c.put(1, "a", "2"));
    Commit second = owner.commit(c -> c.checkpoint("a-second", "with a label: \u00e4 \u2713"));
    List<Checkpoint> expected =
        List.of(first.newCheckpoints().get(0), second.newCheckpoints().get(0));
    assertThat(owner.backend().checkpoints()).isEqualTo(expected);
    BackendOwner next = fixture().ownAfterDeathOf(owner);
    assertThat(next.backend().checkpoints()).isEqualTo(expected);
  }

  @Test
  default void restore_givesTheStateBack_andCanBeUndone() {
    BackendOwner owner = fixture().own();
    owner.commit(
        c ->
            c.put(1, "same", "s").put(1, "changed", "old").put(1, "removed", "r").put(2, "x", "x"));
    owner.commit(c -> c.put(1, "with the checkpoint", "w").checkpoint("cp", "label"));
    List<String> one = owner.dump(1);
    List<String> two = owner.dump(2);
    owner.commit(c -> c.put(1, "changed", "newer").remove(1, "removed").put(1, "added", "a"));
    owner.commit(c -> c.put(1, "changed", "newest").clear(2).put(3, "space", "new"));
    List<String> oneBefore = owner.dump(1);

    Commit restore = owner.commit(c -> c.restore("cp", "undo"));
    assertThat(owner.dump(1)).isEqualTo(one);
    assertThat(owner.dump(2)).isEqualTo(two);
    assertThat(owner.dump(3)).isEmpty();
    StoreHead head = owner.backend().inspect();
    assertThat(head.version()).isEqualTo(restore.version());
    BackendOwner.assertEntries(head, one.size() + two.size());
    assertThat(owner.backend().checkpoints())
        .extracting(Checkpoint::id)
        .containsExactly("cp", "undo");

    owner.commit(c -> c.put(1, "changed", "after the restore"));
    owner.commit(c -> c.restore("undo", "redo"));
    assertThat(owner.dump(1)).isEqualTo(oneBefore);
    assertThat(owner.dump(2)).isEmpty();
    assertThat(owner.get(3, "space")).isEqualTo("new");

    owner.commit(c -> c.restore("cp", "undo2"));
    assertThat(owner.dump(1)).isEqualTo(one);
    owner.commit(c -> c.restore("redo", "undo3"));
    assertThat(owner.get(1, "changed")).isEqualTo("after the restore");
  }

  @Test
  default void restore_toTheEmptyStore_andBack() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.checkpoint("empty", null));
    owner.commit(c -> c.put(1, "a", "1"));
    owner.commit(c -> c.restore("empty", "full"));
    assertThat(owner.backend().inspect().entries()).isZero();
    owner.commit(c -> c.restore("full", "again"));
    assertThat(owner.get(1, "a")).isEqualTo("1");
  }

  @Test
  default void restore_byALaterOwner() {
    BackendOwner first = fixture().own();
    first.commit(c -> c.put(1, "a", "1").checkpoint("cp", null));
    BackendOwner second = fixture().ownAfterDeathOf(first);
    second.commit(c -> c.put(1, "a", "2").put(1, "b", "2"));
    BackendOwner third = fixture().ownAfterDeathOf(second);
    third.commit(c -> c.restore("cp", "undo"));
    assertThat(third.dump(1)).containsExactly("61=31");
    BackendOwner fourth = fixture().ownAfterDeathOf(third);
    assertThat(fourth.dump(1)).containsExactly("61=31");
    fourth.commit(c -> c.restore("undo", "undo2"));
    assertThat(fourth.dump(1)).containsExactly("61=32", "62=32");
  }

  @Test
  default void restore_sentAgain_happensOnce() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1").checkpoint("cp", null));
    owner.commit(c -> c.put(1, "a", "2"));
    Commit restore = owner.commit(c -> c.restore("cp", "undo"));
    assertThat(owner.send(restore)).isEqualTo(new CommitResult.Committed());
    assertThat(owner.backend().checkpoints()).hasSize(2);
    owner.commit(c -> c.restore("undo", "undo2"));
    assertThat(owner.get(1, "a")).isEqualTo("2");
  }

  @Test
  default void restore_unknownCheckpoint_isRejectedWhole() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1").checkpoint("cp", null));
    owner.commit(c -> c.drop("cp"));
    StoreHead head = owner.backend().inspect();
    for (String id : List.of("cp", "never-was")) {
      Commit restore = owner.draft(c -> c.restore(id, "undo"));
      assertThat(owner.send(restore)).isInstanceOf(CommitResult.Rejected.class);
    }
    assertThat(owner.backend().inspect()).isEqualTo(head);
    assertThat(owner.backend().checkpoints()).isEmpty();
    assertThat(owner.get(1, "a")).isEqualTo("1");
  }

  @Test
  default void drop_forgetsThatOneOnly() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1").checkpoint("one", null));
    owner.commit(c -> c.put(1, "a", "2").checkpoint("two", "kept"));
    owner.commit(c -> c.put(1, "a", "3").checkpoint("three", null));
    owner.commit(c -> c.put(1, "a", "4").drop("three").drop("one").drop("unknown"));
    assertThat(owner.backend().checkpoints()).extracting(Checkpoint::id).containsExactly("two");
    owner.commit(c -> c.restore("two", "undo"));
    assertThat(owner.get(1, "a")).isEqualTo("2");
    owner.commit(c -> c.restore("undo", "undo2").drop("undo").drop("two"));
    assertThat(owner.get(1, "a")).isEqualTo("4");
    assertThat(owner.backend().checkpoints()).extracting(Checkpoint::id).containsExactly("undo2");
  }

  @Test
  default void reads_besideRestores_seeNoMixture() throws Exception {
    BackendOwner owner = fixture().own();
    owner.commit(
        c -> {
          for (int i = 0; i < 20; i++) {
            c.put(1, "left" + i, "x");
          }
          c.checkpoint("left", null);
        });
    owner.commit(
        c -> {
          c.clear(1);
          for (int i = 0; i < 20; i++) {
            c.put(1, "right" + i, "x");
          }
          c.checkpoint("right", null);
        });
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch reading = new CountDownLatch(1);
    try (Threads threads = new Threads()) {
      threads.run(
          () -> {
            while (!done.get()) {
              Set<Integer> firsts = new HashSet<>();
              var all = owner.backend().scan(1, new byte[0], null, 100);
              all.forEach(entry -> firsts.add((int) entry.key()[0]));
              assertThat(all).hasSize(20);
              assertThat(firsts).hasSize(1);
              assertThat(owner.backend().count(1, List.of())).isEqualTo(20);
              reading.countDown();
            }
          });
      Threads.await(reading);
      for (int i = 0; i < 40 && !threads.failed(); i++) {
        String to = i % 2 == 0 ? "left" : "right";
        String undo = "undo" + i;
        owner.commit(c -> c.restore(to, undo).drop(undo));
      }
      done.set(true);
      threads.join();
    }
  }

  /** The test that a history rule must survive: any order of anything, then every way back. */
  @Test
  default void randomHistories_agreeWithAModel() {
    RandomSeed.run(
        8,
        random -> {
          BackendOwner owner = fixture().own();
          BackendModel model = new BackendModel();
          model.apply(owner.commit(c -> c.clear(0).clear(1).clear(2)));
          for (Checkpoint old : owner.backend().checkpoints()) {
            owner.commit(c -> c.drop(old.id()));
          }
          for (int step = 0; step < 60; step++) {
            model.apply(owner.commit(c -> randomStep(random, model, c)));
            if (random.nextInt(20) == 0) {
              owner = fixture().ownAfterDeathOf(owner);
            }
            assertSame(owner, model);
          }
          List<String> ids = new ArrayList<>(model.checkpoints());
          Collections.shuffle(ids, random);
          for (String id : ids) {
            model.apply(owner.commit(c -> c.restore(id, "undo-" + c.version())));
            assertSame(owner, model);
          }
          owner.backend().close();
        });
  }

  private static void randomStep(Random random, BackendModel model, CommitDraft commit) {
    List<String> ids = model.checkpoints();
    if (!ids.isEmpty() && random.nextInt(3) == 0) {
      commit.drop(ids.get(random.nextInt(ids.size())));
    }
    if (!ids.isEmpty() && random.nextInt(8) == 0) {
      commit.restore(ids.get(random.nextInt(ids.size())), "undo-" + commit.version());
      return;
    }
    if (random.nextInt(6) == 0) {
      commit.clear(random.nextInt(3));
    }
    Set<String> changed = new HashSet<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      int space = random.nextInt(3);
      byte[] key = Bytes.of('k', random.nextInt(6));
      if (changed.add(space + Bytes.show(key))) {
        if (random.nextInt(3) == 0) {
          commit.remove(space, key);
        } else {
          commit.put(space, key, Bytes.random(random, random.nextInt(20)));
        }
      }
    }
    if (random.nextInt(4) == 0) {
      commit.checkpoint("cp-" + commit.version(), random.nextBoolean() ? "label" : null);
    }
  }

  private static void assertSame(BackendOwner owner, BackendModel model) {
    for (int space = 0; space < 3; space++) {
      assertThat(owner.dump(space)).as("space %d", space).isEqualTo(model.dump(space));
    }
    assertThat(owner.backend().checkpoints())
        .extracting(Checkpoint::id)
        .isEqualTo(model.checkpoints());
    BackendOwner.assertEntries(owner.backend().inspect(), model.entries());
  }
}
