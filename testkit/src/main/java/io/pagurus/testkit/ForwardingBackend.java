package io.pagurus.testkit;

import io.pagurus.Checkpoint;
import io.pagurus.StorageUsage;
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

/** Passes everything on; subclasses change what they are about. As thread-safe as its target. */
abstract class ForwardingBackend implements StateBackend {
  private final StateBackend target;

  ForwardingBackend(StateBackend target) {
    this.target = target;
  }

  @Override
  public BackendInfo info() {
    return target.info();
  }

  @Override
  public StoragePlace place() {
    return target.place();
  }

  @Override
  public StoreHead inspect() {
    return target.inspect();
  }

  @Override
  public StoreHead view() {
    return target.view();
  }

  @Override
  public void verify(String checkpoint) {
    target.verify(checkpoint);
  }

  @Override
  public @Nullable StorageUsage usage() {
    return target.usage();
  }

  @Override
  public Recovery recovery() {
    return target.recovery();
  }

  @Override
  public StoreHead acquire() {
    return target.acquire();
  }

  @Override
  public CommitResult commit(Commit commit) {
    return target.commit(commit);
  }

  @Override
  public byte @Nullable [] get(int space, byte[] key) {
    return target.get(space, key);
  }

  @Override
  public boolean wantsCommit() {
    return target.wantsCommit();
  }

  @Override
  public boolean readsMayWait() {
    return target.readsMayWait();
  }

  @Override
  public @Nullable Entry any(int space) {
    return target.any(space);
  }

  @Override
  public List<Entry> getAll(int space, Collection<byte[]> keys) {
    return target.getAll(space, keys);
  }

  @Override
  public List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    return target.scan(space, prefix, after, limit);
  }

  @Override
  public long count(int space, Collection<byte[]> except) {
    return target.count(space, except);
  }

  @Override
  public List<Checkpoint> checkpoints() {
    return target.checkpoints();
  }

  @Override
  public @Nullable String currentOwnerUnless(long epoch) {
    return target.currentOwnerUnless(epoch);
  }

  @Override
  public void close() {
    target.close();
  }
}
