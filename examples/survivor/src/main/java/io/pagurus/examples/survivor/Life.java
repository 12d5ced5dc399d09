package io.pagurus.examples.survivor;

import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;

/** One run of the service, from start to stop, and what the clients saw of it. Thread-safe. */
final class Life {
  final int number;
  final URI address;

  final AtomicLong requests = new AtomicLong();
  final AtomicLong additionsAcknowledged = new AtomicLong();
  final AtomicLong checkoutsConfirmed = new AtomicLong();
  final AtomicLong unanswered = new AtomicLong();

  /**
   * While it is set the clients only fill carts. A checkout forces a commit, so only without them a
   * kill can cost as much as the loss window allows.
   */
  volatile boolean cartsOnly;

  private final AtomicLong statedWindowMicros = new AtomicLong();
  private final AtomicLong statedAtMicros = new AtomicLong();

  Life(int number, int port) {
    this.number = number;
    this.address = URI.create("http://127.0.0.1:" + port);
  }

  long acknowledged() {
    return additionsAcknowledged.get() + checkoutsConfirmed.get();
  }

  /** A reply that came {@code atMicros} (wall clock) stated a loss window of {@code micros}. */
  void windowStated(long micros, long atMicros) {
    statedWindowMicros.accumulateAndGet(micros, Math::max);
    statedAtMicros.accumulateAndGet(atMicros, Math::max);
  }

  /** How long before {@code nowMicros} the service stated its window for the last time. */
  long silentMicros(long nowMicros) {
    return Math.max(0, nowMicros - statedAtMicros.get());
  }

  /** The largest loss window that the service stated in this life. */
  long statedWindowMicros() {
    return statedWindowMicros.get();
  }
}
