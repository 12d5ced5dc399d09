package io.pagurus.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Threads of one test. {@link #join} hands on what any of them threw, so that a failed assertion in
 * a thread fails the test. Each wait is bounded. Thread-safe.
 */
public final class Threads implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();

  /** What a thread does; it may throw anything. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  /** Starts a thread. */
  public Future<?> run(Work work) {
    return call(
        () -> {
          work.run();
          return "done";
        });
  }

  /** Starts a thread with a result. */
  public synchronized <T> Future<T> call(Callable<T> work) {
    Future<T> future = executor.submit(work);
    running.add(future);
    return future;
  }

  /** Whether some thread has ended with an exception. */
  public synchronized boolean failed() {
    for (Future<?> future : running) {
      if (future.isDone()) {
        try {
          future.get();
        } catch (ExecutionException e) {
          return true;
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
    return false;
  }

  /** Waits for all threads and throws what one of them threw. */
  public void join() throws Exception {
    List<Future<?>> all;
    synchronized (this) {
      all = List.copyOf(running);
    }
    for (Future<?> future : all) {
      get(future);
    }
  }

  /** The result of {@code future}, within the bound. */
  public static <T> T get(Future<T> future) throws Exception {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new AssertionError("A thread did not end within " + PATIENCE, e);
    }
  }

  /** Waits for {@code latch}, within the bound. */
  public static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("Not reached within " + PATIENCE);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
