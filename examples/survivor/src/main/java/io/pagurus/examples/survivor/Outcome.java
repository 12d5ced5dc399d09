package io.pagurus.examples.survivor;

import java.util.List;
import java.util.Map;

/**
 * All that a run found out.
 *
 * @param tallies the figures for each kind of stop
 * @param findings broken promises in the order they were found
 */
record Outcome(Map<StopKind, Tally> tallies, List<Finding> findings) {
  Tally tally(StopKind kind) {
    return tallies.getOrDefault(kind, new Tally());
  }

  boolean allKept() {
    return findings.isEmpty();
  }
}
