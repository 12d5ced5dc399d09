package io.pagurus.lifecycle;

import io.pagurus.internal.engine.StoreThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs in one phase: all at the same time, each on a daemon thread of its own, and nobody
 * waits for any of them without a bound. One thread uses it; the steps run elsewhere.
 */
final class Steps {
  /** How a step stands when its phase is over. */
  enum Ending {
    /** It has returned. */
    DONE,
    /** It has thrown. */
    FAILED,
    /** It is still running. */
    OVERDUE
  }

  private record Step(String what, Thread thread, CompletableFuture<Ending> ended) {}

  private static final Logger log = LoggerFactory.getLogger(Steps.class);

  private final Waiting waiting;
  private final StoreThreads threads;
  private final List<Step> steps = new ArrayList<>();

  Steps(Waiting waiting, String phase) {
    this.waiting = waiting;
    this.threads = new StoreThreads("shutdown", phase);
  }

  /** Starts {@code work}; {@code what} is its name for people. */
  void start(String what, Runnable work) {
    CompletableFuture<Ending> ended = new CompletableFuture<>();
    Thread thread =
        threads.newThread(
            () -> {
              Ending ending = Ending.FAILED;
              try {
                work.run();
                ending = Ending.DONE;
              } catch (RuntimeException | Error e) {
                log.warn("During the stop {} failed; the stop goes on.", what, e);
              } finally {
                ended.complete(ending);
              }
            });
    steps.add(new Step(what, thread, ended));
    thread.start();
  }

  /** Waits for all, until {@code nanos} are over or {@code enough} is complete. */
  void await(long nanos, CompletableFuture<?> enough) {
    CompletableFuture<?>[] all =
        steps.stream().map(Step::ended).toArray(CompletableFuture<?>[]::new);
    waiting.await(CompletableFuture.anyOf(CompletableFuture.allOf(all), enough), nanos);
  }

  /** Interrupts what still runs. For user tasks only: an interrupt would break a backend. */
  void cancelOverdue() {
    for (Step step : steps) {
      if (!step.ended().isDone()) {
        step.thread().interrupt();
      }
    }
  }

  /** Those that did not return in time or threw, for people. */
  List<String> leftOut(String overdue) {
    List<String> names = new ArrayList<>();
    for (Step step : steps) {
      switch (step.ended().getNow(Ending.OVERDUE)) {
        case OVERDUE -> names.add(step.what() + " " + overdue);
        case FAILED -> names.add(step.what() + " failed");
        case DONE -> {}
      }
    }
    return names;
  }
}
