package io.pagurus.lifecycle;

import io.pagurus.ShutdownReport;
import io.pagurus.internal.engine.Deadline;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A store as its stop sees it. The steps are called once each, in this order, each on a thread of
 * its own that is never interrupted; a step may be called while an earlier one has overrun. No step
 * throws for a storage failure. Thread-safe.
 */
public interface Stoppable {
  /** Its name. */
  String name();

  /** The time by its wall clock, for the report. */
  Instant now();

  /** What a kill could cost right now. */
  Duration lossWindow();

  /** Starts a commit of what is pending, and does not wait for it. */
  void commitSoon();

  /** Ends all writing; returns what was left out because it did not end in time, or null. */
  @Nullable String quiesce(Deadline deadline);

  /** The last commit. It carries {@code report}, which is true if it is found on storage. */
  Saved save(ShutdownReport report, Deadline deadline);

  /** The goodbye, after a save that went well; it carries {@code report}. */
  Released release(ShutdownReport report, Deadline deadline);

  /** Ends its threads and lets go of storage, as far as that is possible by {@code deadline}. */
  void end(Deadline deadline);

  /**
   * How a save went.
   *
   * @param saved whether everything completed is durable
   * @param problem what is missing and why, or null
   * @param bytes the encoded bytes of the last commit, or those that are lost
   */
  record Saved(boolean saved, @Nullable String problem, long bytes) {}

  /**
   * How a release went.
   *
   * @param released whether the next owner need not wait
   * @param problem what is missing and why, or null
   */
  record Released(boolean released, @Nullable String problem) {}
}
