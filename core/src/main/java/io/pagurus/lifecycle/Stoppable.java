package io.pagurus.lifecycle;

import io.pagurus.internal.engine.Deadline;
import java.time.Duration;

/** What a stop of the process has to stop. Thread-safe. */
public interface Stoppable {
  /** How long it may take from the signal on. */
  Duration budget();

  /**
   * Saves and releases by {@code deadline}. A second call waits for the first. Never throws for a
   * storage failure.
   */
  void stopBy(Deadline deadline);
}
