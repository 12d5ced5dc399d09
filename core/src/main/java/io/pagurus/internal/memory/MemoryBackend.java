package io.pagurus.internal.memory;

import io.pagurus.Checkpoint;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.Entry;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One opened connection to a {@link MemoryStore}. Closing it is what the death of a process is on
 * other storage: a successor that waits need not wait any longer.
 *
 * <p>Thread-safe.
 */
final class MemoryBackend implements StateBackend {
  static final int MAX_KEY_BYTES = 8 << 10;
  static final int MAX_VALUE_BYTES = 16 << 20;

  private final MemoryStore store;
  private final BackendRequest request;
  private final BackendInfo info;
  private final long deadline;

  /** The epoch of this process, 0 until it is the owner. */
  private volatile long epoch;

  private volatile boolean closed;

  MemoryBackend(MemoryStore store, BackendRequest request, String source) {
    this.store = store;
    this.request = request;
    this.deadline = System.nanoTime() + request.maxOwnershipWait().toNanos();
    this.info =
        new BackendInfo(
            source,
            MAX_KEY_BYTES,
            MAX_VALUE_BYTES,
            Duration.ofMillis(5),
            BackendInfo.Survives.NOTHING,
            /* localReads= */ true,
            /* heartbeat= */ null);
  }

  @Override
  public BackendInfo info() {
    return info;
  }

  @Override
  public StoreHead inspect() {
    return open().head();
  }

  @Override
  public StoreHead view() {
    return inspect();
  }

  @Override
  public StoreHead acquire() {
    StoreHead head = open().acquire(request.self(), request.policy(), deadline);
    epoch = head.epoch();
    return head;
  }

  @Override
  public CommitResult commit(Commit commit) {
    return open().commit(commit);
  }

  @Override
  public byte @Nullable [] get(int space, byte[] key) {
    return open().read(rows -> rows.get(space, key));
  }

  @Override
  public List<Entry> getAll(int space, Collection<byte[]> keys) {
    return open().readAll(rows -> rows.getAll(space, keys));
  }

  @Override
  public List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    return open().readAll(rows -> rows.scan(space, prefix, after, limit));
  }

  @Override
  public long count(int space, Collection<byte[]> except) {
    return open().count(space, except);
  }

  @Override
  public List<Checkpoint> checkpoints() {
    return open().readAll(MemoryRows::checkpoints);
  }

  @Override
  public @Nullable String currentOwnerUnless(long epoch) {
    return open().currentOwnerUnless(epoch);
  }

  @Override
  public void close() {
    closed = true;
    store.leave(epoch);
  }

  private MemoryStore open() {
    if (closed) {
      throw new IllegalStateException("This backend is closed");
    }
    return store;
  }
}
