package io.pagurus.spi;

import io.pagurus.Checkpoint;
import io.pagurus.StorageUsage;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes commits durable and reads entries back, for one store.
 *
 * <p>What must hold:
 *
 * <ul>
 *   <li>{@link #commit} is atomic, durable when it answers {@link CommitResult.Committed} as far as
 *       {@link BackendInfo#survives} says, and refused by the storage itself, in the same atomic
 *       step, when another owner has taken over;
 *   <li>{@link #commit} is idempotent by {@link Commit#commitId};
 *   <li>reads see every acknowledged commit, each read as of one instant; a read that overlaps a
 *       commit may see the state before or behind it, never a mixture;
 *   <li>stored bytes are verified when they are read: {@link io.pagurus.CorruptStateException}
 *       names the entry.
 * </ul>
 *
 * <p>Called on threads of the store that are never interrupted: {@link #commit} by one thread at a
 * time, reads by several at once and beside a commit. Every call ends within a bound of its own. A
 * read that fails throws {@link io.pagurus.StoreUnavailableException}.
 */
public interface StateBackend extends AutoCloseable {
  /** What it can do. Constant. */
  BackendInfo info();

  /**
   * Where the state is, for the doctor. Called once, at start and before {@link #acquire}; it may
   * look at the disk.
   */
  default StoragePlace place() {
    return StoragePlace.ELSEWHERE;
  }

  /**
   * Reads the newest commit, without owning anything.
   *
   * @throws io.pagurus.IncompatibleStateException when the store is of a newer format
   * @throws io.pagurus.CorruptStateException when it is damaged
   */
  StoreHead inspect();

  /**
   * Makes this process the owner under the policy of the request and returns the head as it was
   * before, but with the epoch that this process now owns. Called once, before any commit.
   *
   * @throws io.pagurus.StoreInUseException when the former owner is alive and the policy says so,
   *     or the wait was over
   */
  StoreHead acquire();

  /**
   * Makes reads possible without owning anything, and returns the head that they are as of. What is
   * committed later need not be seen, but may be. Instead of {@link #acquire}; {@link #commit} is
   * never called.
   *
   * @throws io.pagurus.CorruptStateException when it is damaged
   */
  StoreHead view();

  /** What was asked of the storage so far, or null where requests cost nothing. No I/O. */
  default @Nullable StorageUsage usage() {
    return null;
  }

  /**
   * How the state came up, as far as is known now. Meaningful after {@link #acquire} or {@link
   * #view}.
   */
  default Recovery recovery() {
    return Recovery.NONE;
  }

  /**
   * Of a backend with {@link BackendInfo#localReads}: whether a read may still have to wait for
   * storage, because not all of the state is in memory yet. Once false it stays so.
   */
  default boolean readsMayWait() {
    return false;
  }

  /**
   * Whether a commit is worth making although nothing has changed, because the backend has work to
   * finish with it. An owner that is idle asks each second. Called by the committing thread; no
   * I/O.
   */
  default boolean wantsCommit() {
    return false;
  }

  /** Makes {@code commit} durable, see the type comment. It never throws for a storage failure. */
  CommitResult commit(Commit commit);

  /** The value of {@code key}, or null. */
  byte @Nullable [] get(int space, byte[] key);

  /**
   * Any one entry of {@code space}, whichever is at hand, or null when it has none: a sample of
   * what the space holds.
   */
  default @Nullable Entry any(int space) {
    List<Entry> first = scan(space, new byte[0], null, 1);
    return first.isEmpty() ? null : first.get(0);
  }

  /** The entries of those {@code keys} that have a value, in any order. */
  List<Entry> getAll(int space, Collection<byte[]> keys);

  /**
   * Up to {@code limit} entries whose key begins with {@code prefix} and is greater than {@code
   * after} (null: from the first), ascending by unsigned bytes. Fewer than {@code limit} means that
   * there are no more.
   */
  List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit);

  /**
   * How many entries of {@code space} have a key that is not in {@code except}, as of one instant.
   */
  long count(int space, Collection<byte[]> except);

  /** The recorded checkpoints, oldest first. */
  List<Checkpoint> checkpoints();

  /**
   * Reads what a restore to that checkpoint would need, so that a damaged one is found before
   * anything is changed. Backends that verify when they read have nothing to do.
   *
   * @throws io.pagurus.CorruptStateException when some of it is missing or damaged
   */
  default void verify(String checkpoint) {}

  /**
   * Asks the storage who owns the store: returns null when it is still {@code epoch}, else the new
   * owner for people.
   */
  @Nullable String currentOwnerUnless(long epoch);

  /** Lets go of connections, files and threads. Releasing ownership is a commit, not this. */
  @Override
  void close();
}
