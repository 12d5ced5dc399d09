package io.pagurus.lifecycle;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A clock that stands still until a test moves it. Thread-safe. */
final class ManualTime implements Waiting {
  private static final long PATIENCE = Duration.ofSeconds(30).toMillis();

  @GuardedBy("this")
  private long now = 1_000_000_000_000L;

  @GuardedBy("this")
  private int waiting;

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  @Override
  public void await(CompletableFuture<?> event, long nanos) {
    event.whenComplete((result, failure) -> wake());
    synchronized (this) {
      long until = now + nanos;
      waiting++;
      notifyAll();
      try {
        while (!event.isDone() && now < until) {
          wait(PATIENCE);
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        waiting--;
      }
    }
  }

  private synchronized void wake() {
    notifyAll();
  }

  /** Lets time pass as soon as {@code threads} wait. */
  synchronized void advance(Duration by, int threads) {
    long patience = System.nanoTime() + PATIENCE * 1_000_000;
    try {
      while (waiting < threads) {
        if (System.nanoTime() > patience) {
          throw new AssertionError(waiting + " threads wait instead of " + threads);
        }
        wait(100);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    now += by.toNanos();
    notifyAll();
  }
}
