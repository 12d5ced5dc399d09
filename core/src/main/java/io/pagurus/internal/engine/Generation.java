package io.pagurus.internal.engine;

import io.pagurus.Checkpoint;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Everything that goes into one commit, and those who wait for it. Thread-safe; replaced by the cut
 * while the gate is closed, so whoever is inside the gate adds to the generation that the next cut
 * takes.
 */
final class Generation {
  /** Somebody's wish for a checkpoint in this commit. */
  record CheckpointWish(@Nullable String label, CompletableFuture<Checkpoint> made) {}

  final CompletableFuture<Void> durable = new CompletableFuture<>();
  final Queue<CheckpointWish> checkpoints = new ConcurrentLinkedQueue<>();
  final Queue<String> droppedCheckpoints = new ConcurrentLinkedQueue<>();

  /** How many threads wait for {@link #durable}, or have waited. */
  final AtomicInteger waiters = new AtomicInteger();

  private volatile boolean dirty;
  private volatile long dirtySince;

  /** Says that there is something to commit; true for the first one to say so. */
  boolean markDirty(long now) {
    if (dirty) {
      return false;
    }
    dirtySince = now;
    dirty = true;
    return true;
  }

  boolean isDirty() {
    return dirty;
  }

  /** When the first change came, in nanoseconds of the monotonic clock. */
  long dirtySince() {
    return dirtySince;
  }

  /** Tells everybody that it will never be durable. */
  void fail(Throwable cause) {
    durable.completeExceptionally(cause);
    for (CheckpointWish wish : checkpoints) {
      wish.made().completeExceptionally(cause);
    }
  }
}
