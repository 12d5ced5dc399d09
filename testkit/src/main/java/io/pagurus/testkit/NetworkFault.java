package io.pagurus.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.testkit.TcpProxy.Direction;
import java.time.Duration;

/** What a {@link TcpProxy} does to data right now. Thread-safe. */
final class NetworkFault {
  enum Mode {
    PASS,
    DELAY,
    BLACK_HOLE,
    RESET,
    CUT,
    SWALLOW,
    SWALLOW_AFTER_TRIGGER
  }

  /** What is to be done with a piece of data. */
  record Verdict(int passed, boolean lost, boolean reset) {}

  @GuardedBy("this")
  private Mode mode = Mode.PASS;

  @GuardedBy("this")
  private Duration delay = Duration.ZERO;

  @GuardedBy("this")
  private Direction cutDirection = Direction.TO_CLIENT;

  @GuardedBy("this")
  private long bytesLeft;

  @GuardedBy("this")
  private byte[] trigger = new byte[0];

  synchronized void set(Mode newMode) {
    mode = newMode;
    notifyAll();
  }

  synchronized void delay(Duration newDelay) {
    delay = newDelay;
  }

  synchronized void cut(Direction direction, long bytes) {
    cutDirection = direction;
    bytesLeft = bytes;
  }

  synchronized void trigger(byte[] bytes) {
    trigger = bytes.clone();
  }

  synchronized boolean resetsNewConnections() {
    return mode == Mode.RESET;
  }

  /** Waits while nothing passes, and for the delay. */
  synchronized void awaitPassage() throws InterruptedException {
    while (mode == Mode.BLACK_HOLE) {
      wait();
    }
    if (mode == Mode.DELAY) {
      long deadline = System.nanoTime() + delay.toNanos();
      long left = delay.toNanos();
      while (mode == Mode.DELAY && left > 0) {
        wait(Math.max(1, left / 1_000_000));
        left = deadline - System.nanoTime();
      }
    }
  }

  /** Decides about {@code length} bytes that arrived. */
  synchronized Verdict judge(
      Direction direction, byte[] data, int length, RequestTail tail, boolean alreadyLosing) {
    return switch (mode) {
      case RESET -> new Verdict(0, false, true);
      case CUT -> {
        if (direction != cutDirection) {
          yield new Verdict(length, false, false);
        }
        int passed = (int) Math.min(length, bytesLeft);
        bytesLeft -= passed;
        yield new Verdict(passed, false, passed < length || bytesLeft == 0);
      }
      case SWALLOW ->
          direction == Direction.TO_CLIENT
              ? new Verdict(0, true, false)
              : new Verdict(length, false, false);
      case SWALLOW_AFTER_TRIGGER ->
          direction == Direction.TO_CLIENT
              ? new Verdict(alreadyLosing ? 0 : length, alreadyLosing, false)
              : new Verdict(length, tail.contains(data, length, trigger), false);
      default -> new Verdict(length, false, false);
    };
  }
}
