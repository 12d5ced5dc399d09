package io.pagurus.internal.engine;

import io.pagurus.Finding;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When a commit begins and when writers wait, so that the final save fits its share of the time
 * that a stop has. Numbers in, numbers out: it has no clock and no thread.
 *
 * <h2>The law</h2>
 *
 * <p>It knows the share <i>S</i> (what the final save may take), and measures how fast storage is:
 * the rate <i>R</i> (a mean of commits large enough to tell, {@link #TELLING_BYTES}) and the
 * latency <i>L</i> (the slowest of the last commits, forgotten by an eighth with each).
 *
 * <ol>
 *   <li>A commit begins when the oldest change is {@code maxCommitInterval} old; when it is {@code
 *       commitInterval} old and {@link #WORTH_BYTES} wait; and at once when a burst waits, more
 *       than {@link #BURST_BYTES_PER_SECOND} bring in a {@code commitInterval} (it is written while
 *       the rest of it comes, and who then waits for all of it waits for little), or half of what
 *       storage takes in the share (<i>S R / 2</i>): the other half may come while that commit is
 *       in flight.
 *   <li>Writers wait when more is unsaved than storage takes in the share (<i>S R</i>), never below
 *       {@link #LEAST_ROOM} and never above {@code maxPendingBytes}.
 *   <li>Storage is too slow when <i>L</i>, or {@link #LEAST_ROOM} at <i>R</i>, takes longer than
 *       the share; it is fast enough again when both fit into half of it.
 * </ol>
 *
 * <p>Nothing is limited before something was measured. A rate that a small commit made look bad
 * corrects itself: under load commits grow to what is allowed, and larger ones show a better rate.
 *
 * <p>{@link #answered} is called by the committer's thread; everything else is thread-safe.
 */
final class Cadence {
  /** What storage takes in less says nothing about its rate: a round trip, or one force. */
  static final long TELLING_BYTES = 256 << 10;

  /** Worth a commit of its own, so that no change waits longer than the commit interval for it. */
  static final long WORTH_BYTES = 64 << 10;

  /** A commit of 1 MiB where the interval is 20 ms, one of 50 MiB where each commit costs money. */
  static final long BURST_BYTES_PER_SECOND = 50 << 20;

  /** Room that writers have on the slowest storage. */
  static final long LEAST_ROOM = 1 << 20;

  private final long interval;
  private final long maxInterval;
  private final long share;
  private final long maxPendingBytes;
  private final long burst;

  // Written by the committer's thread.
  private volatile double bytesPerNano;
  private volatile long latency;
  private volatile long room;
  private volatile long enough;
  private volatile @Nullable Finding finding;

  Cadence(EngineSettings settings) {
    this.interval = Deadline.toNanos(settings.commitInterval());
    this.maxInterval = Math.max(interval, Deadline.toNanos(settings.maxCommitInterval()));
    this.share = Deadline.toNanos(settings.finalSaveShare());
    this.maxPendingBytes = settings.maxPendingBytes();
    this.room = maxPendingBytes;
    this.burst = burst(interval);
    this.enough = burst;
  }

  private static long burst(long intervalNanos) {
    double bytes = intervalNanos / 1e9 * BURST_BYTES_PER_SECOND;
    return Math.max(WORTH_BYTES, (long) bytes);
  }

  /** Storage has answered a commit of {@code bytes}; true when it is news that it is too slow. */
  boolean answered(long bytes, long tookNanos) {
    long took = Math.max(1, tookNanos);
    latency = Math.max(took, latency - latency / 8);
    if (bytes >= TELLING_BYTES) {
      double rate = (double) bytes / took;
      bytesPerNano = bytesPerNano == 0 ? rate : bytesPerNano + (rate - bytesPerNano) / 4;
      double fits = bytesPerNano * share;
      room =
          (long) Math.max(Math.min(LEAST_ROOM, maxPendingBytes), Math.min(fits, maxPendingBytes));
      enough = Math.max(1, Math.min(burst, room / 2));
    }
    return judge();
  }

  private boolean judge() {
    long save = expectedSave(Math.min(LEAST_ROOM, maxPendingBytes));
    if (save <= share / 2) {
      finding = null;
      return false;
    }
    if (save <= share && finding == null) {
      return false;
    }
    boolean news = finding == null;
    finding = tooSlow(save);
    return news;
  }

  /**
   * How long saving {@code bytes} is expected to take, in nanoseconds; zero when nothing is known.
   */
  long expectedSave(long bytes) {
    double rate = bytesPerNano;
    return Math.max(latency, rate == 0 ? 0 : (long) (bytes / rate));
  }

  /** How long the oldest change may wait for its commit when {@code pendingBytes} wait. */
  long waitNanos(long pendingBytes) {
    if (pendingBytes >= enough) {
      return 0;
    }
    return pendingBytes >= WORTH_BYTES ? interval : maxInterval;
  }

  /** Whether {@link #waitNanos} got shorter when what waits grew like this. */
  boolean isSooner(long bytesBefore, long bytesAfter) {
    return crossed(enough, bytesBefore, bytesAfter)
        || (maxInterval > interval && crossed(WORTH_BYTES, bytesBefore, bytesAfter));
  }

  private static boolean crossed(long limit, long before, long after) {
    return before < limit && after >= limit;
  }

  /** The longest that a change waits: what the loss window is made of. */
  long longestWait() {
    return maxInterval;
  }

  /** How much may be unsaved before writers wait. */
  long roomBytes() {
    return room;
  }

  /** That storage is too slow for the time a stop has; null when it is not. */
  @Nullable Finding finding() {
    return finding;
  }

  private Finding tooSlow(long save) {
    return new Finding(
        "storage-too-slow",
        String.format(
            Locale.ROOT,
            "a commit takes up to %d ms%s, and the final save has a share of %d ms of the grace period",
            save / 1_000_000,
            bytesPerNano == 0
                ? ""
                : String.format(
                    Locale.ROOT, " (storage takes %.1f MiB/s)", bytesPerNano * 1e9 / (1 << 20)),
            share / 1_000_000),
        "A stop may be killed before its last changes are saved; then they are lost up to the loss"
            + " window",
        "Use faster storage, a longer grace period (PAGURUS_GRACE_PERIOD and the platform's own"
            + " setting), or smaller update blocks; what must not be lost needs Durability.SYNC or"
            + " whenDurable()");
  }
}
