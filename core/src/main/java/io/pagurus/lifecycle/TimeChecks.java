package io.pagurus.lifecycle;

import io.pagurus.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with the times that were set, against the time that a stop has. */
final class TimeChecks {
  static final String TOO_SHORT = "grace-period-too-short";
  static final String INTERVAL = "commit-interval-too-long";

  private static final Duration LEAST_BUDGET = Duration.ofSeconds(1);

  private TimeChecks() {}

  /**
   * Looks at the times.
   *
   * @param budget what is left of the grace period for a stop
   * @param longestWait how long a change may wait for its commit
   */
  static List<Finding> of(Duration budget, Duration longestWait) {
    List<Finding> findings = new ArrayList<>();
    if (budget.compareTo(LEAST_BUDGET) < 0) {
      findings.add(
          new Finding(
              TOO_SHORT,
              "a stop has " + budget.toMillis() + " ms",
              "The process may be killed before its last changes are saved; then they are lost, up to"
                  + " the loss window",
              "Raise the grace period of the platform and PAGURUS_GRACE_PERIOD with it, or shorten"
                  + " preStop (PAGURUS_PRESTOP)"));
    }
    if (longestWait.compareTo(budget.dividedBy(2)) > 0) {
      findings.add(
          new Finding(
              INTERVAL,
              "a change may wait "
                  + longestWait.toMillis()
                  + " ms for its commit, more than half of the "
                  + budget.toMillis()
                  + " ms that a stop has",
              "All that was changed since the last commit has to be saved in that time, and a kill"
                  + " loses it",
              "Lower commitInterval and maxCommitInterval (PAGURUS_COMMIT_INTERVAL,"
                  + " PAGURUS_MAX_COMMIT_INTERVAL), or raise the grace period"));
    }
    return findings;
  }
}
