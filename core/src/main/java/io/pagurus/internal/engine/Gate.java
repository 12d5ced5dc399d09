package io.pagurus.internal.engine;

import java.util.concurrent.locks.StampedLock;

/**
 * What every write passes and a cut closes. Thread-safe.
 *
 * <p>It is held for a few dictionary operations only: inside, no user code runs, nothing is waited
 * for and no other lock is asked for. It is the last in the lock order (update lock, then gate), so
 * it can wait for nothing but such short sections. Not reentrant.
 */
final class Gate {
  private final StampedLock lock = new StampedLock();

  /** Written while closed. */
  private long closedAt;

  private volatile long longestClosedNanos;

  /** Enters beside other writers; the result goes to {@link #exit}. */
  long enter() {
    return lock.readLock();
  }

  void exit(long pass) {
    lock.unlockRead(pass);
  }

  /** Returns when no writer is inside; until {@link #open} none gets in. */
  long close() {
    long pass = lock.writeLock();
    closedAt = System.nanoTime();
    return pass;
  }

  void open(long pass) {
    longestClosedNanos = Math.max(longestClosedNanos, System.nanoTime() - closedAt);
    lock.unlockWrite(pass);
  }

  /** The longest time it has been closed: what a writer has waited at most for a cut. */
  long longestClosedNanos() {
    return longestClosedNanos;
  }

  void forgetLongest() {
    longestClosedNanos = 0;
  }
}
