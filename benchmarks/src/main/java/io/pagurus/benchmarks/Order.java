package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Shape;
import java.util.SplittableRandom;

/**
 * Which entries a timed phase goes through, over and over: a random order of some that are spread
 * over all, with keys that are equal to those in the store and never the same objects.
 */
final class Order {
  static final int HOT = 10_000;

  /** What "uniform" takes of a store that has more: the harness, too, lives in that heap. */
  private static final int MANY = 1_000_000;

  final int[] entries;
  final String[] keys;

  private Order(Shape<?> shape, int all, int count) {
    int chosen = Math.min(all, count);
    entries = new int[chosen];
    for (int k = 0; k < chosen; k++) {
      entries[k] = (int) ((long) k * all / chosen);
    }
    SplittableRandom random = new SplittableRandom(42);
    for (int k = chosen - 1; k > 0; k--) {
      int other = random.nextInt(k + 1);
      int swap = entries[k];
      entries[k] = entries[other];
      entries[other] = swap;
    }
    keys = new String[chosen];
    for (int k = 0; k < chosen; k++) {
      keys[k] = shape.key(entries[k]);
    }
  }

  static Order uniform(Truth<?> truth) {
    return new Order(truth.shape(), truth.entries(), MANY);
  }

  static Order hot(Truth<?> truth) {
    return new Order(truth.shape(), truth.entries(), HOT);
  }

  int length() {
    return entries.length;
  }
}
