package io.pagurus.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;

/** A gate that calls pass; while it is closed they stand in front of it. Thread-safe. */
final class Standstill {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private int standing;

  synchronized void close() {
    closed = true;
  }

  synchronized void open() {
    closed = false;
    notifyAll();
  }

  /** Returns when the gate is open. */
  synchronized void pass() {
    standing++;
    notifyAll();
    try {
      while (closed) {
        waitHere(0);
      }
    } finally {
      standing--;
    }
  }

  /** Returns when somebody stands in front of the closed gate. */
  synchronized void awaitStanding() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!closed || standing == 0) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("No call came within " + PATIENCE);
      }
      waitHere(left);
    }
  }

  @GuardedBy("this")
  private void waitHere(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted at a standstill", e);
    }
  }
}
