package io.pagurus.lifecycle;

import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Phase;
import io.pagurus.ShutdownReport.Trigger;
import io.pagurus.internal.engine.Deadline;
import io.pagurus.internal.engine.Engine;
import io.pagurus.internal.engine.StoreThreads;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * Goes through a stop once while there is time: one of a store that is not there, without a word.
 * What is slow the first time, classes that are loaded and code that is linked, would otherwise be
 * most of a real stop that has little to save.
 */
public final class Rehearsal {
  private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
  private static final AtomicBoolean begun = new AtomicBoolean();
  private static final Duration BUDGET = Duration.ofSeconds(10);

  private Rehearsal() {}

  /** Begins on a thread of its own, unless that was done before. */
  public static void begin() {
    if (begun.compareAndSet(false, true)) {
      new StoreThreads("shutdown", "rehearsal").newThread(Rehearsal::runQuietly).start();
    }
  }

  private static void runQuietly() {
    try {
      run();
    } catch (RuntimeException | LinkageError e) {
      log.debug("The stop is not rehearsed; the real one takes longer", e);
    }
  }

  /** What the stop says of itself. */
  static List<ShutdownReport> run() {
    StopLines lines =
        new StopLines(
            NOPLogger.NOP_LOGGER, new PrintStream(OutputStream.nullOutputStream()), Trigger.CLOSE);
    GracePeriod grace = new GracePeriod(BUDGET, Duration.ZERO, "the rehearsal");
    lines.begin(1, Trigger.CLOSE, grace, BUDGET);
    return new ShutdownRun(
            Waiting.REAL,
            Trigger.CLOSE,
            grace,
            BUDGET,
            System.nanoTime() + BUDGET.toNanos(),
            List.of(new NoStore()),
            List.of(new UserTask(Phase.DRAIN, "nothing", reports -> {})),
            lines)
        .execute();
  }

  /** Has nothing to save. */
  private static final class NoStore implements Stoppable {
    @Override
    public String name() {
      return "rehearsal";
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Duration lossWindow() {
      return Duration.ZERO;
    }

    @Override
    public void commitSoon() {}

    @Override
    public @Nullable String quiesce(Deadline deadline) {
      return null;
    }

    @Override
    public Saved save(ShutdownReport report, Deadline deadline) {
      Engine.prepareStop(report);
      return new Saved(true, null, 0);
    }

    @Override
    public Released release(ShutdownReport report, Deadline deadline) {
      return new Released(true, null);
    }

    @Override
    public void end(Deadline deadline) {}
  }
}
