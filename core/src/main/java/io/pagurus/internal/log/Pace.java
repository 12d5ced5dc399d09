package io.pagurus.internal.log;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets work in the background step aside for commits: on few processors and one disk, what the one
 * takes the other one waits for. While commits come, the work rests {@link #REST} times as long as
 * it works. It always gets its share, so it comes to its end however many commits there are, and it
 * does not rest at all while nobody commits or somebody waits for it.
 *
 * <p>The work calls {@link #step} between its pieces, on one thread at a time. All else is said by
 * the committing thread, which takes no lock and never waits here.
 */
final class Pace {
  /** Works for so long at least before it rests: to rest costs something, too. */
  static final long LEAST_WORK = TimeUnit.MILLISECONDS.toNanos(1);

  /** Rests so many times as long as it worked. */
  static final int REST = 3;

  /** At one time: a piece that took long for other reasons does not hold up the work for good. */
  static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(50);

  /** Behind a commit the next one is expected for so long: five times the interval of files. */
  static final long RECENT = TimeUnit.MILLISECONDS.toNanos(100);

  private final Workers workers;
  private volatile boolean committing;
  private volatile long committedAt;
  private volatile boolean urgent;
  private volatile @Nullable Thread resting;

  /** When the piece of work began; of the thread that works. */
  private long begunAt;

  Pace(Workers workers) {
    this.workers = workers;
    this.committedAt = workers.nanoTime() - RECENT;
    this.begunAt = workers.nanoTime();
  }

  // ---- by the committing thread -----------------------------------------------------------------

  /** A commit is sent to storage. */
  void commitBegins() {
    committing = true;
  }

  /** It is answered. */
  void commitEnds() {
    committedAt = workers.nanoTime();
    committing = false;
  }

  /** Whether somebody waits for the work: then it does not rest any more. By any thread. */
  void urgent(boolean is) {
    urgent = is;
    Thread waiting = is ? resting : null;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  // ---- by the one who works ---------------------------------------------------------------------

  /** Work begins. */
  void begin() {
    begunAt = workers.nanoTime();
  }

  /** A piece of the work is done; returns when the next one may begin. */
  void step() {
    long now = workers.nanoTime();
    long worked = now - begunAt;
    if (worked < LEAST_WORK) {
      return;
    }
    if (committing || now - committedAt < RECENT) {
      rest(Math.min(LONGEST_REST, REST * worked));
      now = workers.nanoTime();
    }
    begunAt = now;
  }

  private void rest(long nanos) {
    resting = Thread.currentThread(); // before the look: one of the two sees the other
    if (!urgent) {
      workers.pause(nanos);
    }
    resting = null;
  }
}
