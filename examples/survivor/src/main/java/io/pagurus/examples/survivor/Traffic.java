package io.pagurus.examples.survivor;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tells the clients which life of the service to talk to, and the driver when all of them have
 * noticed that it is over. Thread-safe.
 */
final class Traffic {
  private final int clients;
  private @Nullable Life current;
  private int waiting;
  private boolean ended;

  Traffic(int clients) {
    this.clients = clients;
  }

  /** Lets the clients go. */
  synchronized void open(Life life) {
    current = life;
    notifyAll();
  }

  /** No further requests; those on their way are not touched. */
  synchronized void close() {
    current = null;
  }

  /** Sends the clients home. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** What a client calls before each request: the life to talk to, or null at the end. */
  synchronized @Nullable Life awaitLife() throws InterruptedException {
    waiting++;
    notifyAll();
    try {
      while (current == null && !ended) {
        wait();
      }
      return ended ? null : current;
    } finally {
      waiting--;
    }
  }

  /** What a client calls when {@code life} did not answer: it waits for the next one. */
  synchronized void awaitOther(Life life) throws InterruptedException {
    waiting++;
    notifyAll();
    try {
      while (current == life && !ended) {
        wait();
      }
    } finally {
      waiting--;
    }
  }

  /** Returns when no request is on its way any more; to be called after {@link #close}. */
  synchronized void awaitQuiet(long seconds) throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (waiting < clients) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new TimeoutException(
            "%d of %d clients still wait for an answer".formatted(clients - waiting, clients));
      }
      wait(left);
    }
  }
}
