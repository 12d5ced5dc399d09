package io.pagurus.internal.engine;

import io.pagurus.ShutdownReport;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets go of storage for a while and takes it up again, for a checkpoint of the whole process.
 * Thread-safe.
 *
 * <p>A thread of its own holds the update lock in between, because whoever calls may be another
 * thread the second time. Meanwhile a block of the whole store is running: writers wait (for {@code
 * maxWriteWait} at most), reads fail.
 *
 * <p>Deliberately cannot: go on when storage is <em>older</em> than what was saved. Then somebody
 * has put another storage in its place, and the store fails.
 */
public final class Suspension {
  /** Storage as it was taken up again. */
  public record Resumed(StateBackend backend, StoreHead head) {}

  private final Engine engine;
  private final CurrentBackend backend;
  private final Committer committer;
  private final ShutdownReport report;
  private final Supplier<Resumed> open;
  private final CompletableFuture<Void> suspended = new CompletableFuture<>();
  private final CompletableFuture<Void> wanted = new CompletableFuture<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  Suspension(
      Engine engine,
      CurrentBackend backend,
      Committer committer,
      ShutdownReport report,
      Supplier<Resumed> open) {
    this.engine = engine;
    this.backend = backend;
    this.committer = committer;
    this.report = report;
    this.open = open;
  }

  /**
   * Returns when storage is let go of.
   *
   * @throws RuntimeException when it is not; then everything goes on as before
   */
  void begin() {
    new StoreThreads(engine.storeName(), "suspension").newThread(this::run).start();
    await(suspended);
  }

  /**
   * Returns when there is storage again.
   *
   * @throws RuntimeException when there is none: the store has failed
   */
  public void end() {
    wanted.complete(null);
    await(over);
  }

  /** The store is being closed: there is no storage to be taken up any more. */
  void giveUp() {
    wanted.cancel(false);
  }

  /** Not interruptible; what is waited for has bounds of its own. */
  private static void await(CompletableFuture<Void> event) {
    try {
      event.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException problem
          ? problem
          : new IllegalStateException(e.getCause());
    }
  }

  private void run() {
    try {
      engine.<@Nullable Void>underUpdateLock(
          () -> {
            boolean replaced = engine.holdingWholeStore(this::whileHeld);
            if (replaced) {
              engine.beans().afterRestore();
            }
            return null;
          });
      over.complete(null);
    } catch (RuntimeException | Error e) {
      suspended.completeExceptionally(e);
      over.completeExceptionally(e);
    }
  }

  /** True when storage had something newer. */
  private boolean whileHeld() {
    SuspendWish wish = new SuspendWish(report);
    committer.suspend(wish);
    awaitSuspended(wish);
    suspended.complete(null);
    return isResumeWanted() && resume(wish);
  }

  private void awaitSuspended(SuspendWish wish) {
    Deadline deadline = Deadline.in(engine.settings().maxFlushWait());
    try {
      wish.done().get(deadline.leftNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (!wish.cancel()) {
        wish.done().join(); // storage has answered; it is only let go of
        return;
      }
      throw new StoreUnavailableException(
          "Store '"
              + engine.storeName()
              + "' could not be saved before the process is checkpointed within "
              + engine.settings().maxFlushWait()
              + " (maxFlushWait); "
              + committer.whatIsWrong(),
          e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    } catch (ExecutionException e) {
      throw engine.told(e, "the state");
    }
  }

  private boolean isResumeWanted() {
    wanted.handle((nothing, given) -> nothing).join();
    return !wanted.isCancelled();
  }

  private boolean resume(SuspendWish wish) {
    long before = committer.version();
    StateBackend opened = null;
    boolean done = false;
    try {
      Resumed resumed = open.get();
      opened = resumed.backend();
      if (resumed.head().version() < before) {
        throw new IllegalStateException(
            "storage is at version "
                + resumed.head().version()
                + ", older than version "
                + before
                + " that was saved before the checkpoint of the process: is it the same storage?");
      }
      backend.replace(opened);
      engine.resumed(resumed.head());
      committer.resumed(resumed.head(), wish);
      boolean newer = resumed.head().version() > before;
      if (newer) {
        engine.reload();
      }
      done = true;
      return newer;
    } catch (RuntimeException | Error e) {
      engine.fail(
          "Store '"
              + engine.storeName()
              + "' could not take up its storage again after the process was restored from a"
              + " checkpoint: "
              + e.getMessage()
              + ". Nothing more is committed. Open the store again.",
          e);
      throw e;
    } finally {
      if (!done && opened != null && backend.isSuspended()) {
        opened.close();
      }
    }
  }
}
