package io.pagurus.internal.engine;

import io.pagurus.StoreUnavailableException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many bytes wait for their commit, and the wait of writers when there are too many
 * (back-pressure). Thread-safe. Its lock guards nothing but that wait and is never held together
 * with another one.
 */
final class Room {
  private final Engine engine;
  private final Committer committer;
  private final Cadence cadence;
  private final AtomicLong pendingBytes = new AtomicLong();
  private volatile long inFlightBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();

  Room(Engine engine, Committer committer) {
    this.engine = engine;
    this.committer = committer;
    this.cadence = engine.cadence();
  }

  // ---- the count --------------------------------------------------------------------------------

  /** Notes a change; true when there is enough for a commit that begins sooner than planned. */
  boolean pendingGrew(long bytes) {
    long after = pendingBytes.addAndGet(bytes);
    return cadence.isSooner(after - bytes, after);
  }

  /** What waits for the next commit. */
  long pendingBytes() {
    return pendingBytes.get();
  }

  /** What is pending is in flight now; returns how much that is. The gate is closed. */
  long cut() {
    inFlightBytes = pendingBytes.getAndSet(0);
    return inFlightBytes;
  }

  /** What was in flight is durable. */
  void committed() {
    inFlightBytes = 0;
    lookAgain();
  }

  long unsavedBytes() {
    return pendingBytes.get() + inFlightBytes;
  }

  boolean isFull() {
    return unsavedBytes() > cadence.roomBytes();
  }

  // ---- the wait ---------------------------------------------------------------------------------

  /** Has those who wait look again: there is room, or the store takes nothing any more. */
  void lookAgain() {
    lock.lock();
    try {
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for room; the caller holds nothing. */
  void await() {
    Deadline deadline = Deadline.in(engine.settings().maxWriteWait());
    lock.lock();
    try {
      while (isFull()) {
        engine.checkWritable();
        // Each time: whoever was faster may have filled the buffer again and need no more room.
        committer.commitNow();
        if (moved.awaitNanos(deadline.leftNanos()) <= 0) {
          throw full();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException(
          "Store '"
              + engine.storeName()
              + "': the thread was interrupted while it waited for room in the pending buffer. Nothing"
              + " was written.",
          e);
    } finally {
      lock.unlock();
    }
  }

  private StoreUnavailableException full() {
    return new StoreUnavailableException(
        "Store '"
            + engine.storeName()
            + "': "
            + unsavedBytes()
            + " bytes wait for their commit (at most "
            + cadence.roomBytes()
            + " may: maxPendingBytes, or what storage was measured to save in the time a stop has)"
            + " and storage at "
            + engine.info().source()
            + " took none for "
            + engine.settings().maxWriteWait()
            + " (maxWriteWait). Nothing was written. Try again later; "
            + committer.whatIsWrong());
  }
}
