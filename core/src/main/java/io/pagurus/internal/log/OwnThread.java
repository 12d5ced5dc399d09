package io.pagurus.internal.log;

import static java.util.Objects.requireNonNull;

import io.pagurus.StoreUnavailableException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Runs work on a thread that nobody interrupts, because an interrupt closes file channels. The
 * interrupt of the caller is remembered: work that only waits for its turn looks for it, all other
 * work ends by itself.
 */
final class OwnThread {
  private final String name;
  private final Workers workers;
  private volatile boolean unwanted;

  OwnThread(String name, Workers workers) {
    this.name = name;
    this.workers = workers;
  }

  <T> T call(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    if (!workers.parallel()) {
      task.run();
      return result(task);
    }
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return result(task);
  }

  private <T> T result(FutureTask<T> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
          unwanted = true;
        } catch (ExecutionException e) {
          Throwable cause = requireNonNull(e.getCause());
          cause.addSuppressed(new CalledFrom());
          if (cause instanceof RuntimeException problem) {
            throw problem;
          }
          if (cause instanceof Error error) {
            throw error;
          }
          throw new IllegalStateException(cause);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Throws when the caller was interrupted meanwhile. */
  void checkWanted(String store) {
    if (unwanted) {
      throw new StoreUnavailableException(
          "Store '"
              + store
              + "': the thread was interrupted while it waited to become the owner. Nothing was"
              + " changed; open it again.");
    }
  }

  /** Waits, called by the work. */
  void pause(long millis, String store) {
    checkWanted(store);
    workers.pause(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Shows in a stack trace who asked for work that failed on another thread. */
  private static final class CalledFrom extends Exception {
    private static final long serialVersionUID = 1L;

    CalledFrom() {
      super("it was asked for here");
    }
  }
}
