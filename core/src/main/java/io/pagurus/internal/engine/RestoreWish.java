package io.pagurus.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.CompletableFuture;

/**
 * Somebody's wish to set the store back, on its way to the committer and back. Thread-safe.
 *
 * <p>The one who wishes holds the update lock and waits. So the committer may capture plain fields
 * on his behalf, but only as long as he waits: {@link #cancel} and the capture exclude each other.
 */
final class RestoreWish {
  /** What is done while the one who wishes certainly holds the update lock. */
  interface Capture {
    void run() throws FieldCapture.CaptureFailedException;
  }

  private final String checkpoint;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  @GuardedBy("this")
  private boolean cancelled;

  @GuardedBy("this")
  private boolean begun;

  RestoreWish(String checkpoint) {
    this.checkpoint = checkpoint;
  }

  String checkpoint() {
    return checkpoint;
  }

  CompletableFuture<Void> done() {
    return done;
  }

  /** Runs {@code capture} unless the wish was cancelled; says whether it did. */
  synchronized boolean whileWaiting(Capture capture) throws FieldCapture.CaptureFailedException {
    if (!cancelled) {
      capture.run();
    }
    return !cancelled;
  }

  /** The commit that restores is about to be sent; false when the wish was cancelled. */
  synchronized boolean begin() {
    begun = !cancelled;
    return begun;
  }

  /** Takes the wish back; false when it is too late. */
  synchronized boolean cancel() {
    cancelled = !begun;
    return cancelled;
  }
}
