package io.pagurus.internal.engine;

import io.pagurus.StoreBusyException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What update blocks, bind and restore exclude each other with, and the committer while it captures
 * plain fields. Reentrant and fair; every wait for it has a bound.
 *
 * <p>One at a time queues for the lock itself, the others queue for a turnstile before it. So the
 * committer, which must look up now and then and so loses its place in a queue, has at most one
 * block before it and cannot starve.
 */
final class UpdateLock {
  /** How soon one who waits notices that the store was closed or failed. */
  private static final long STEP = TimeUnit.SECONDS.toNanos(1);

  private final Engine engine;
  private final ReentrantLock turnstile = new ReentrantLock(true);
  private final ReentrantLock lock = new ReentrantLock(true);

  UpdateLock(Engine engine) {
    this.engine = engine;
  }

  boolean isHeldByCurrentThread() {
    return lock.isHeldByCurrentThread();
  }

  void unlock() {
    lock.unlock();
  }

  /** For the committer: gets the lock if it is free now. */
  boolean tryLock() {
    return lock.tryLock();
  }

  /** For the committer: gets the lock within {@code nanos}, before all blocks but one. */
  boolean tryLock(long nanos) throws InterruptedException {
    return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * For users: waits at most {@code maxWriteWait}.
   *
   * @throws StoreBusyException when that is over; shows who holds it
   */
  void lock() {
    if (lock.isHeldByCurrentThread()) {
      lock.lock();
      return;
    }
    Deadline deadline = Deadline.in(engine.settings().maxWriteWait());
    try {
      if (lockBefore(turnstile, deadline)) {
        try {
          if (lockBefore(lock, deadline)) {
            return;
          }
        } finally {
          turnstile.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreBusyException(
          "Store '"
              + engine.storeName()
              + "': the thread was interrupted while it waited for another update to end. Nothing was"
              + " changed.",
          e);
    }
    Block block = engine.running();
    throw new StoreBusyException(
        "Store '"
            + engine.storeName()
            + "': waited "
            + engine.settings().maxWriteWait()
            + " (maxWriteWait) for "
            + (block == null ? "a capture of plain fields" : block.describe())
            + "\nNothing was changed. Try again; keep update blocks short, and do not call update while"
            + " holding a lock that a block needs.");
  }

  /** Gets a lock, or finds that the store was closed or failed meanwhile. */
  private boolean lockBefore(ReentrantLock wanted, Deadline deadline) throws InterruptedException {
    while (!deadline.isOver()) {
      if (wanted.tryLock(Math.min(STEP, deadline.leftNanos()), TimeUnit.NANOSECONDS)) {
        return true;
      }
      engine.checkWritable();
    }
    return false;
  }
}
