package io.pagurus.internal.log;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads and verifies the frames of ranges on a thread of its own, some ahead of the one who uses
 * them. For one thread.
 */
final class FramesAhead implements AutoCloseable {
  /** So many frames are in memory beside the one that is used and the one that is read. */
  private static final int AHEAD = 1;

  private static final long LOOK_MILLIS = 20;

  private final CommitLog log;
  private final List<Range> ranges;
  private final Thread thread;
  private final BlockingQueue<Step> steps = new ArrayBlockingQueue<>(AHEAD);
  private volatile boolean stopped;

  /**
   * What the thread has to say.
   *
   * @param frame the next frame; null: this is the end
   * @param problem what ended it before the last frame, or null
   */
  private record Step(@Nullable Frame frame, @Nullable Throwable problem) {}

  FramesAhead(CommitLog log, List<Range> ranges, String threadName) {
    this.log = log;
    this.ranges = ranges;
    this.thread = new Thread(this::run, threadName);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      say(new Step(null, readAll()));
    } catch (CancellationException e) {
      return; // nobody listens any more
    }
  }

  /** What ended it before the last frame, or null. */
  private @Nullable Throwable readAll() {
    try {
      for (Range range : ranges) {
        log.read(range, frame -> say(new Step(frame, null)));
      }
      return null;
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return e;
    }
  }

  private void say(Step step) {
    try {
      while (!steps.offer(step, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (stopped) {
          throw new CancellationException();
        }
      }
    } catch (InterruptedException e) {
      throw new CancellationException(); // nobody interrupts this thread
    }
  }

  /**
   * Hands out all frames, in order.
   *
   * @throws DamageException as {@link CommitLog#read}; all frames before it were handed out
   */
  void read(CommitLog.FrameReader reader) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          Step step = steps.take();
          Throwable problem = step.problem();
          if (problem instanceof Error error) {
            throw error;
          }
          if (problem != null) {
            throw (RuntimeException) problem;
          }
          Frame frame = step.frame();
          if (frame == null) {
            return;
          }
          reader.frame(frame);
        } catch (InterruptedException e) {
          interrupted = true; // reading has a bound
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the thread: it is at most in the midst of reading one frame. */
  @Override
  public void close() {
    stopped = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
