package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.OwnershipPolicy;
import io.pagurus.jdbc.SwallowingDataSource.Fault;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.CommitResult.Committed;
import io.pagurus.spi.CommitResult.Fenced;
import io.pagurus.spi.CommitResult.TryAgain;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import io.pagurus.testkit.LeakExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The answer to a COMMIT is lost: resolved, never guessed. */
@ExtendWith(LeakExtension.class)
class LostReplyTest {

  private final String url = Stores.memoryUrl();
  private final SwallowingDataSource faulty = new SwallowingDataSource(Stores.dataSource(url));

  private static void assertUnknown(CommitResult result) {
    assertThat(result).isInstanceOf(TryAgain.class);
    assertThat(((TryAgain) result).outcomeUnknown()).isTrue();
  }

  @Test
  void commit_thatLanded_isCommittedWhenSentAgain_once() {
    try (StateBackend backend = Stores.open(faulty, OwnershipPolicy.TAKE_OVER)) {
      long epoch = backend.acquire().epoch();
      Commit commit = Stores.commit(epoch, 1, Stores.put(1, "a", "1"));
      faulty.next.set(Fault.LANDS);
      assertUnknown(backend.commit(commit));
      assertThat(backend.commit(commit)).isEqualTo(new Committed());
      assertThat(backend.inspect().version()).isEqualTo(1);
      Stores.mustCommit(backend, Stores.commit(epoch, 2));
    }
  }

  @Test
  void commit_thatDidNotLand_isMadeWhenSentAgain() {
    try (StateBackend backend = Stores.open(faulty, OwnershipPolicy.TAKE_OVER)) {
      long epoch = backend.acquire().epoch();
      Commit commit = Stores.commit(epoch, 1, Stores.put(1, "a", "1"));
      for (int i = 0; i < 2; i++) {
        faulty.next.set(Fault.IS_LOST);
        assertUnknown(backend.commit(commit));
        assertThat(backend.inspect().version()).isZero();
      }
      assertThat(backend.commit(commit)).isEqualTo(new Committed());
      assertThat(backend.get(1, Stores.bytes("a"))).isEqualTo(Stores.bytes("1"));
    }
  }

  @Test
  void commit_thatLanded_underASuccessor_isCommitted_andTheNextIsFenced() {
    try (StateBackend old = Stores.open(faulty, OwnershipPolicy.TAKE_OVER);
        StateBackend now = Stores.open(Stores.dataSource(url), OwnershipPolicy.TAKE_OVER)) {
      long epoch = old.acquire().epoch();
      Commit commit = Stores.commit(epoch, 1, Stores.put(1, "a", "1"));
      faulty.next.set(Fault.LANDS);
      assertUnknown(old.commit(commit));
      StoreHead head = now.acquire();
      Stores.mustCommit(now, Stores.commit(head.epoch(), 2, Stores.put(1, "a", "2")));
      assertThat(old.commit(commit)).isEqualTo(new Committed());
      assertThat(old.commit(Stores.commit(epoch, 2))).isInstanceOf(Fenced.class);
      assertThat(now.get(1, Stores.bytes("a"))).isEqualTo(Stores.bytes("2"));
    }
  }

  @Test
  void commit_thatDidNotLand_underASuccessor_isFenced() {
    try (StateBackend old = Stores.open(faulty, OwnershipPolicy.TAKE_OVER);
        StateBackend now = Stores.open(Stores.dataSource(url), OwnershipPolicy.TAKE_OVER)) {
      Commit commit = Stores.commit(old.acquire().epoch(), 1, Stores.put(1, "a", "1"));
      faulty.next.set(Fault.IS_LOST);
      assertUnknown(old.commit(commit));
      now.acquire();
      assertThat(old.commit(commit)).isInstanceOf(Fenced.class);
      assertThat(now.get(1, Stores.bytes("a"))).isNull();
    }
  }

  @Test
  void commit_thatConflicts_isTriedAgain() {
    try (StateBackend backend = Stores.open(faulty, OwnershipPolicy.TAKE_OVER)) {
      Commit commit = Stores.commit(backend.acquire().epoch(), 1, Stores.put(1, "a", "1"));
      faulty.next.set(Fault.CONFLICTS);
      assertThat(backend.commit(commit)).isInstanceOf(TryAgain.class);
      assertThat(backend.commit(commit)).isEqualTo(new Committed());
    }
  }

  @Test
  void acquire_whoseAnswerIsLost_ownsOnce() {
    try (StateBackend backend = Stores.open(faulty, OwnershipPolicy.TAKE_OVER)) {
      faulty.next.set(Fault.LANDS);
      StoreHead head = backend.acquire();
      assertThat(head.epoch()).isEqualTo(1);
      assertThat(head.owner()).isNull();
      Stores.mustCommit(backend, Stores.commit(1, 1));
    }
  }
}
