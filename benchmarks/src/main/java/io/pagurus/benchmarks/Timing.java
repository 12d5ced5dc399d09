package io.pagurus.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs rival pieces of work in turns and keeps what each took, so that noise hits all alike. */
final class Timing {
  /** One contestant: does {@code operations} operations. */
  interface Work {
    void run(int operations) throws Exception;
  }

  private Timing() {}

  /** Median nanoseconds of one operation, by name. */
  static Map<String, Double> inTurns(int rounds, int operations, Map<String, Work> contestants)
      throws Exception {
    Map<String, List<Double>> took = new LinkedHashMap<>();
    for (int round = -2; round < rounds; round++) { // two rounds to warm up
      for (Map.Entry<String, Work> contestant : contestants.entrySet()) {
        long begin = System.nanoTime();
        contestant.getValue().run(operations);
        double each = (System.nanoTime() - begin) / (double) operations;
        if (round >= 0) {
          took.computeIfAbsent(contestant.getKey(), name -> new ArrayList<>()).add(each);
        }
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    took.forEach((name, all) -> medians.put(name, median(all)));
    return medians;
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
