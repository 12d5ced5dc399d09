package io.pagurus.internal.engine;

import io.pagurus.Checkpoint;
import io.pagurus.StorageUsage;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.Entry;
import io.pagurus.spi.Recovery;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoragePlace;
import io.pagurus.spi.StoreHead;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backend that a store has right now: it is let go of before the process is checkpointed, and
 * another one takes its place afterwards. What is asked for in between fails. As thread-safe as the
 * backends.
 */
final class CurrentBackend implements StateBackend {
  private final String store;
  private final BackendInfo info;
  private volatile @Nullable StateBackend target;
  private volatile Recovery recovered = Recovery.NONE;

  CurrentBackend(String store, StateBackend first) {
    this.store = store;
    this.info = first.info();
    this.target = first;
  }

  /** Another one for the same store. */
  void replace(StateBackend next) {
    target = next;
  }

  /** Lets go of storage until {@link #replace}. */
  void suspend() {
    StateBackend before = target;
    if (before != null) {
      recovered = before.recovery();
    }
    target = null;
    if (before != null) {
      before.close();
    }
  }

  boolean isSuspended() {
    return target == null;
  }

  StoreUnavailableException suspended() {
    return new StoreUnavailableException(
        "Store '"
            + store
            + "' has let go of "
            + info.source()
            + ", because the process is being checkpointed. Nothing was changed; try again when it"
            + " is restored.");
  }

  private StateBackend target() {
    StateBackend now = target;
    if (now == null) {
      throw suspended();
    }
    return now;
  }

  @Override
  public BackendInfo info() {
    return info;
  }

  @Override
  public StoreHead inspect() {
    return target().inspect();
  }

  @Override
  public StoreHead acquire() {
    return target().acquire();
  }

  @Override
  public StoreHead view() {
    return target().view();
  }

  /** While there is none, of the one that was. */
  @Override
  public Recovery recovery() {
    StateBackend now = target;
    return now == null ? recovered : now.recovery();
  }

  @Override
  public @Nullable StorageUsage usage() {
    StateBackend now = target;
    return now == null ? null : now.usage();
  }

  @Override
  public StoragePlace place() {
    return target().place();
  }

  @Override
  public boolean wantsCommit() {
    StateBackend now = target;
    return now != null && now.wantsCommit();
  }

  @Override
  public boolean readsMayWait() {
    StateBackend now = target;
    return now == null || now.readsMayWait();
  }

  @Override
  public @Nullable Entry any(int space) {
    return target().any(space);
  }

  @Override
  public CommitResult commit(Commit commit) {
    return target().commit(commit);
  }

  @Override
  public byte @Nullable [] get(int space, byte[] key) {
    return target().get(space, key);
  }

  @Override
  public List<Entry> getAll(int space, Collection<byte[]> keys) {
    return target().getAll(space, keys);
  }

  @Override
  public List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    return target().scan(space, prefix, after, limit);
  }

  @Override
  public long count(int space, Collection<byte[]> except) {
    return target().count(space, except);
  }

  @Override
  public List<Checkpoint> checkpoints() {
    return target().checkpoints();
  }

  @Override
  public void verify(String checkpoint) {
    target().verify(checkpoint);
  }

  @Override
  public @Nullable String currentOwnerUnless(long epoch) {
    return target().currentOwnerUnless(epoch);
  }

  @Override
  public void close() {
    suspend();
  }
}
