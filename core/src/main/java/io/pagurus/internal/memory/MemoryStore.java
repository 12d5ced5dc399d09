package io.pagurus.internal.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreInUseException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StoreHead;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One store on the heap: who owns it, which commit is the newest, and its rows.
 *
 * <p>Thread-safe. A commit takes the write lock, a read the read lock, so that each read is as of
 * one instant. Ownership is a number, as on every other storage: a commit of another epoch than the
 * newest is refused under the same lock that applies it.
 */
final class MemoryStore {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Condition ownerGone = lock.writeLock().newCondition();

  @GuardedBy("lock")
  private final MemoryRows rows = new MemoryRows();

  /** The last commit of each epoch that made one: answers a commit that is sent again. */
  @GuardedBy("lock")
  private final Map<Long, UUID> lastCommits = new HashMap<>();

  @GuardedBy("lock")
  private long epoch;

  @GuardedBy("lock")
  private long version;

  @GuardedBy("lock")
  private @Nullable UUID commitId;

  @GuardedBy("lock")
  private @Nullable Instant committedAt;

  @GuardedBy("lock")
  private @Nullable OwnerId owner;

  @GuardedBy("lock")
  private boolean released;

  /** Whether the owner's backend is still open: the heap's way to prove a process alive. */
  @GuardedBy("lock")
  private boolean ownerAlive;

  StoreHead head() {
    lock.readLock().lock();
    try {
      return new StoreHead(
          epoch,
          version,
          commitId,
          committedAt,
          rows.size(),
          released,
          owner == null ? null : owner.describe());
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Makes {@code self} the owner.
   *
   * @param deadline when waiting ends, by {@link System#nanoTime}
   */
  StoreHead acquire(OwnerId self, OwnershipPolicy policy, long deadline) {
    lock.writeLock().lock();
    try {
      while (policy != OwnershipPolicy.TAKE_OVER && ownerAlive && !released) {
        awaitGone(policy, deadline);
      }
      StoreHead before = head();
      epoch++;
      owner = self;
      ownerAlive = true;
      released = false;
      return new StoreHead(
          epoch,
          before.version(),
          before.commitId(),
          before.committedAt(),
          before.entries(),
          before.released(),
          before.owner());
    } finally {
      lock.writeLock().unlock();
    }
  }

  @GuardedBy("lock")
  private void awaitGone(OwnershipPolicy policy, long deadline) {
    long left = deadline - System.nanoTime();
    if (policy == OwnershipPolicy.FAIL || left <= 0) {
      throw new StoreInUseException(
          "The store is owned by "
              + Objects.requireNonNull(owner).describe()
              + ", which has it open; wait until it is closed, or open with"
              + " OwnershipPolicy.TAKE_OVER");
    }
    try {
      ownerGone.awaitNanos(left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("Interrupted while waiting for the owner", e);
    }
  }

  CommitResult commit(Commit commit) {
    lock.writeLock().lock();
    try {
      if (commit.commitId().equals(lastCommits.get(commit.epoch()))) {
        return new CommitResult.Committed();
      }
      if (commit.epoch() < epoch) {
        return new CommitResult.Fenced(Objects.requireNonNull(owner).describe(), epoch);
      }
      if (commit.epoch() != epoch || commit.version() != version + 1) {
        throw new IllegalArgumentException(
            "Commit %d of epoch %d cannot follow commit %d of epoch %d"
                .formatted(commit.version(), commit.epoch(), version, epoch));
      }
      CommitResult.Rejected rejected = check(commit);
      if (rejected != null) {
        return rejected;
      }
      rows.apply(commit);
      version = commit.version();
      commitId = commit.commitId();
      committedAt = commit.committedAt();
      lastCommits.put(epoch, commit.commitId());
      released = commit.release();
      if (released) {
        ownerGone.signalAll();
      }
      return new CommitResult.Committed();
    } finally {
      lock.writeLock().unlock();
    }
  }

  @GuardedBy("lock")
  private CommitResult.@Nullable Rejected check(Commit commit) {
    for (Change change : commit.changes()) {
      byte[] value = change.value();
      if (change.key().length > MemoryBackend.MAX_KEY_BYTES
          || (value != null && value.length > MemoryBackend.MAX_VALUE_BYTES)) {
        return new CommitResult.Rejected(
            change, new IllegalArgumentException("larger than the declared limits"));
      }
    }
    String restoreTo = commit.restoreTo();
    if (restoreTo != null && !rows.hasCheckpoint(restoreTo)) {
      return new CommitResult.Rejected(
          null, new IllegalArgumentException("no checkpoint has the id " + restoreTo));
    }
    return null;
  }

  <T> @Nullable T read(Function<MemoryRows, @Nullable T> read) {
    lock.readLock().lock();
    try {
      return read.apply(rows);
    } finally {
      lock.readLock().unlock();
    }
  }

  <T> List<T> readAll(Function<MemoryRows, List<T>> read) {
    lock.readLock().lock();
    try {
      return read.apply(rows);
    } finally {
      lock.readLock().unlock();
    }
  }

  long count(int space, Collection<byte[]> except) {
    lock.readLock().lock();
    try {
      return rows.count(space, except);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Nullable String currentOwnerUnless(long askedEpoch) {
    lock.readLock().lock();
    try {
      return askedEpoch == epoch || owner == null ? null : owner.describe();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The owner of {@code leavingEpoch} has let go of its backend and will never commit again. */
  void leave(long leavingEpoch) {
    lock.writeLock().lock();
    try {
      if (leavingEpoch == epoch) {
        ownerAlive = false;
        ownerGone.signalAll();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
