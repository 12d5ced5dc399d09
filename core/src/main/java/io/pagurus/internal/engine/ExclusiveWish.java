package io.pagurus.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.CompletableFuture;

/**
 * Somebody's wish for something that concerns the whole store, on its way to the committer and
 * back. Thread-safe.
 *
 * <p>The one who wishes holds the update lock and waits. So the committer may capture plain fields
 * on his behalf, but only as long as he waits: {@link #cancel} and the capture exclude each other.
 */
abstract class ExclusiveWish {
  /** What is done while the one who wishes certainly holds the update lock. */
  interface Capture {
    void run() throws FieldCapture.CaptureFailedException;
  }

  private final CompletableFuture<Void> done = new CompletableFuture<>();

  @GuardedBy("this")
  private boolean cancelled;

  @GuardedBy("this")
  private boolean begun;

  /** Complete when it is fulfilled, or exceptionally when it is not. */
  final CompletableFuture<Void> done() {
    return done;
  }

  /** Runs {@code capture} unless the wish was cancelled; says whether it did. */
  final synchronized boolean whileWaiting(Capture capture)
      throws FieldCapture.CaptureFailedException {
    if (!cancelled) {
      capture.run();
    }
    return !cancelled;
  }

  /** From here on there is no way back; false when the wish was cancelled. */
  final synchronized boolean begin() {
    begun = !cancelled;
    return begun;
  }

  /** Takes the wish back; false when it is too late. */
  final synchronized boolean cancel() {
    cancelled = !begun;
    return cancelled;
  }
}
