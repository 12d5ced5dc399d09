package io.pagurus.internal.engine;

import io.pagurus.StateException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.StateBackend;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the backend on threads of the store. Thread-safe.
 *
 * <p>The interrupt of a caller must never reach a backend (it would close its files or its
 * connection), so the caller only waits, interruptibly and for a bounded time. A backend whose
 * reads come from memory is asked directly, as soon as all of its state is there.
 */
final class BackendReader {
  private static final int THREADS = 4;

  private final CurrentBackend backend;
  private final String store;
  private final Duration maxWait;
  private final ThreadPoolExecutor threads;

  /** Once true it stays so, for this storage. */
  private volatile boolean direct;

  private volatile boolean closed;

  BackendReader(CurrentBackend backend, String store, Duration maxWait) {
    this.backend = backend;
    this.store = store;
    this.maxWait = maxWait;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new StoreThreads(store, "reader")); // none is started before there is something to do
    threads.allowCoreThreadTimeOut(true);
  }

  /** Another storage may not have all of its state in memory yet. */
  void storageReplaced() {
    direct = false;
  }

  /** Whether reads are answered from memory, on the thread of the caller. */
  boolean isDirect() {
    if (!direct && backend.info().localReads() && !backend.readsMayWait()) {
      direct = true;
    }
    return direct;
  }

  <T extends @Nullable Object> T read(Function<StateBackend, T> call) {
    if (isDirect()) {
      try {
        return call.apply(backend);
      } catch (RuntimeException e) {
        throw closed
            ? StoreFault.closed(store).toException()
            : backend.isSuspended() ? backend.suspended() : e;
      }
    }
    Future<T> answer;
    try {
      Callable<T> task = () -> call.apply(backend);
      answer = threads.submit(task);
    } catch (RejectedExecutionException e) {
      throw StoreFault.closed(store).toException();
    }
    try {
      return answer.get(Deadline.toNanos(maxWait), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      forget(answer);
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException(
          "Store '"
              + store
              + "': the thread was interrupted while it waited for a read. Nothing was changed; the"
              + " store goes on working, and the read can be tried again.",
          e);
    } catch (TimeoutException e) {
      forget(answer);
      throw new StoreUnavailableException(
          "Store '"
              + store
              + "': storage at "
              + backend.info().source()
              + " did not answer a read within "
              + maxWait
              + " (maxReadWait). Try again later, and look at the storage.",
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (closed) {
        throw StoreFault.closed(store).toException();
      }
      if (backend.isSuspended()) {
        throw backend.suspended();
      }
      if (cause instanceof StateException problem) {
        problem.addSuppressed(new CalledFrom());
        throw problem;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new StoreUnavailableException(
          "Store '"
              + store
              + "': a read from "
              + backend.info().source()
              + " failed: "
              + cause
              + ". Try again later, and look at the storage.",
          cause);
    }
  }

  /** A read that nobody waits for any more: if it has not begun, it need not. */
  private void forget(Future<?> answer) {
    answer.cancel(false);
    if (answer instanceof Runnable task) {
      threads.remove(task);
    }
  }

  /** Whoever still reads is told that the store is closed. */
  void shutdown() {
    closed = true;
    threads.shutdown();
  }

  /** Shows in a stack trace who asked for a read that failed on another thread. */
  private static final class CalledFrom extends Exception {
    private static final long serialVersionUID = 1L;

    CalledFrom() {
      super("the read was asked for here");
    }
  }
}
