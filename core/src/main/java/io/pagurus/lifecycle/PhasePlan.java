package io.pagurus.lifecycle;

import io.pagurus.ShutdownReport.Phase;

/**
 * Shares out the time of a stop. Immutable.
 *
 * <p>Each phase gets what is left less what the later ones reserve, and no more than its own cap.
 * Reserves and caps are percents of the whole budget, so that a budget of 2 s and one of 2 min are
 * shared alike. What a phase does not use is left for those behind it.
 */
final class PhasePlan {
  private final long budgetNanos;

  PhasePlan(long budgetNanos) {
    this.budgetNanos = budgetNanos;
  }

  /** How long {@code phase} may take when {@code leftNanos} are left; never negative. */
  long share(Phase phase, long leftNanos) {
    long reserved = 0;
    for (Phase later : Phase.values()) {
      if (later.compareTo(phase) > 0) {
        reserved += percent(reserve(later));
      }
    }
    return Math.max(0, Math.min(percent(cap(phase)), leftNanos - reserved));
  }

  private long percent(int percent) {
    return budgetNanos / 100 * percent;
  }

  /** Half of all is for the library: 10 % to end the writing, 30 % to save, 10 % for the rest. */
  private static int reserve(Phase phase) {
    return switch (phase) {
      case ANNOUNCE, DRAIN -> 0;
      case QUIESCE -> 10;
      case SAVE -> 30;
      case RELEASE, AFTER -> 5;
    };
  }

  private static int cap(Phase phase) {
    return switch (phase) {
      case ANNOUNCE -> 10;
      case QUIESCE, AFTER -> 20;
      case DRAIN, SAVE, RELEASE -> 100;
    };
  }
}
