package io.pagurus.testkit.simulation;

import java.util.Map;
import java.util.TreeMap;

/** What happened in a number of histories: a simulation in which nothing happens proves nothing. */
public final class Tally {
  private final Map<String, Long> counts = new TreeMap<>();

  void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** How often this happened. */
  public long of(String what) {
    return counts.getOrDefault(what, 0L);
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
