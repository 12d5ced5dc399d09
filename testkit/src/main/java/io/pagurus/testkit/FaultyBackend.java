package io.pagurus.testkit;

import io.pagurus.Checkpoint;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.Entry;
import io.pagurus.spi.StateBackend;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A backend under the faults of a {@link FaultyStorage}. Opening and acquiring have none. */
final class FaultyBackend extends ForwardingBackend {
  private final FaultyStorage faults;
  private final StateBackend target;
  private final BackendInfo info;

  FaultyBackend(FaultyStorage faults, StateBackend target) {
    super(target);
    this.faults = faults;
    this.target = target;
    this.info = faults.info(target.info());
  }

  @Override
  public BackendInfo info() {
    return info;
  }

  @Override
  public CommitResult commit(Commit commit) {
    return faults.commit(commit, target);
  }

  @Override
  public byte @Nullable [] get(int space, byte[] key) {
    return faults.read(() -> Optional.ofNullable(super.get(space, key))).orElse(null);
  }

  @Override
  public @Nullable Entry any(int space) {
    return faults.read(() -> Optional.ofNullable(super.any(space))).orElse(null);
  }

  @Override
  public List<Entry> getAll(int space, Collection<byte[]> keys) {
    return faults.read(() -> super.getAll(space, keys));
  }

  @Override
  public List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    return faults.read(() -> super.scan(space, prefix, after, limit));
  }

  @Override
  public long count(int space, Collection<byte[]> except) {
    return faults.read(() -> super.count(space, except));
  }

  @Override
  public List<Checkpoint> checkpoints() {
    return faults.read(super::checkpoints);
  }

  @Override
  public @Nullable String currentOwnerUnless(long epoch) {
    return faults.read(() -> Optional.ofNullable(super.currentOwnerUnless(epoch))).orElse(null);
  }

  @Override
  public void close() {
    faults.closed();
    super.close();
  }
}
