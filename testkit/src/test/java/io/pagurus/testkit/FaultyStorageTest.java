package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.memory.MemoryStorage;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultyStorageTest {
  private final FaultyStorage storage = new FaultyStorage(new MemoryStorage());
  private final BackendFixture fixture = new BackendFixture(storage, null, true);
  private final BackendOwner owner = fixture.own();

  @AfterEach
  void close() {
    storage.heal();
    fixture.close();
    assertThat(storage.openBackends()).isZero();
  }

  @Test
  void refusedCommit_isCertainlyNotDone_andWorksWhenRepeated() {
    storage.refuseCommits(2);
    Commit commit = owner.draft(c -> c.put(1, "a", "1"));
    for (int i = 0; i < 2; i++) {
      assertThat(owner.send(commit))
          .isInstanceOfSatisfying(
              CommitResult.TryAgain.class, again -> assertThat(again.outcomeUnknown()).isFalse());
      assertThat(owner.get(1, "a")).isNull();
    }
    assertThat(owner.send(commit)).isEqualTo(new CommitResult.Committed());
    assertThat(storage.commits()).isEqualTo(3);
  }

  @Test
  void lostReply_isDoneBelow() {
    storage.loseReplies(1);
    Commit commit = owner.draft(c -> c.put(1, "a", "1"));
    assertThat(owner.send(commit))
        .isInstanceOfSatisfying(
            CommitResult.TryAgain.class, again -> assertThat(again.outcomeUnknown()).isTrue());
    assertThat(owner.get(1, "a")).isEqualTo("1");
    assertThat(owner.send(commit)).isEqualTo(new CommitResult.Committed());
  }

  @Test
  void lostCommit_isNotDone_andNobodyKnows() {
    storage.loseCommits(FaultyStorage.ALWAYS);
    Commit commit = owner.draft(c -> c.put(1, "a", "1"));
    for (int i = 0; i < 3; i++) {
      assertThat(owner.send(commit))
          .isInstanceOfSatisfying(
              CommitResult.TryAgain.class, again -> assertThat(again.outcomeUnknown()).isTrue());
    }
    assertThat(owner.get(1, "a")).isNull();
    storage.heal();
    assertThat(owner.send(commit)).isEqualTo(new CommitResult.Committed());
  }

  @Test
  void rejectedKey_isNamed_andNothingOfTheCommitIsDone() {
    storage.rejectKey(Bytes.utf8("bad"));
    Commit commit = owner.draft(c -> c.put(1, "good", "1").put(1, "bad", "2"));
    assertThat(owner.send(commit))
        .isInstanceOfSatisfying(
            CommitResult.Rejected.class,
            rejected -> assertThat(rejected.change()).isSameAs(commit.changes().get(1)));
    assertThat(owner.get(1, "good")).isNull();
    owner.commit(c -> c.put(1, "good", "3"));
  }

  @Test
  void haltedCommit_standsStillUntilItGoesOn() throws Exception {
    storage.haltCommits();
    try (Threads threads = new Threads()) {
      Future<?> committing = threads.run(() -> owner.commit(c -> c.put(1, "a", "1")));
      storage.awaitHaltedCommit();
      assertThat(owner.get(1, "a")).as("reads go on").isNull();
      assertThat(committing.isDone()).isFalse();
      storage.goOn();
      Threads.get(committing);
    }
    assertThat(owner.get(1, "a")).isEqualTo("1");
  }

  @Test
  void haltedRead_standsStillUntilItGoesOn() throws Exception {
    owner.commit(c -> c.put(1, "a", "1"));
    storage.haltReads();
    try (Threads threads = new Threads()) {
      Future<String> reading = threads.call(() -> String.valueOf(owner.get(1, "a")));
      storage.awaitHaltedRead();
      assertThat(reading.isDone()).isFalse();
      owner.commit(c -> c.put(1, "a", "2"));
      storage.goOn();
      assertThat(Threads.get(reading)).isEqualTo("2");
    }
  }

  @Test
  void failedReads_areUnavailable_asManyAsAsked() {
    storage.failReads(2);
    assertThatThrownBy(() -> owner.get(1, "a")).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> owner.backend().count(1, List.of()))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(owner.get(1, "a")).isNull();
    assertThat(storage.reads()).isEqualTo(3);
  }

  @Test
  void hooks_seeEachTry_withItsAnswer() {
    List<String> seen = new ArrayList<>();
    storage
        .beforeCommit(commit -> seen.add("before " + commit.version()))
        .afterCommit((commit, result) -> seen.add(result.getClass().getSimpleName()))
        .loseReplies(1);
    Commit commit = owner.draft(c -> {});
    owner.send(commit);
    owner.send(commit);
    assertThat(seen).containsExactly("before 1", "TryAgain", "before 1", "Committed");
  }

  @Test
  void declaration_isSeenByBackendsOpenedLater() {
    storage.declare(
        info ->
            new BackendInfo(
                info.source(), 10, 20, info.commitInterval(), info.survives(), false, null));
    assertThat(owner.backend().info().localReads()).isTrue();
    BackendInfo declared = fixture.open().info();
    assertThat(declared.localReads()).isFalse();
    assertThat(declared.maxKeyBytes()).isEqualTo(10);
  }
}
