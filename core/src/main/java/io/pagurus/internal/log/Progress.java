package io.pagurus.internal.log;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every few seconds how far a long restore is. Thread-safe. */
final class Progress {
  private static final Logger log = LoggerFactory.getLogger(Progress.class);

  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String store;
  private final String source;
  private final long all;
  private final Workers workers;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong lastSaid;

  /**
   * Begins now.
   *
   * @param all how many bytes are to be read
   */
  Progress(String store, String source, long all, Workers workers) {
    this.store = store;
    this.source = source;
    this.all = all;
    this.workers = workers;
    this.lastSaid = new AtomicLong(workers.nanoTime());
  }

  /** So many bytes more were read. */
  void add(long bytes) {
    at(done.addAndGet(bytes));
  }

  /** So many bytes were read. */
  void at(long sum) {
    long now = workers.nanoTime();
    long last = lastSaid.get();
    if (sum < all && now - last >= PERIOD_NANOS && lastSaid.compareAndSet(last, now)) {
      log.info(
          "Store '{}': restoring, {} % ({} of {} bytes of {})",
          store, 100 * sum / all, sum, all, source);
    }
  }
}
