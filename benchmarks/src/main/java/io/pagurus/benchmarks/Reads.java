package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Peer;

/** Timed gets by one thread; each answer is checked at a glance. */
final class Reads {
  private static final int BATCH = 1_000;

  private Reads() {}

  static <V> void measure(double seconds, Truth<V> truth, Peer<V> peer, Answer answer)
      throws Exception {
    answer.put(Figure.GET_UNIFORM, nanosOf(seconds, truth, peer, Order.uniform(truth)));
    answer.put(Figure.GET_HOT, nanosOf(seconds, truth, peer, Order.hot(truth)));
  }

  private static <V> double nanosOf(double seconds, Truth<V> truth, Peer<V> peer, Order order)
      throws Exception {
    gets(seconds / 2, truth, peer, order); // warm up
    return gets(seconds, truth, peer, order);
  }

  private static <V> double gets(double seconds, Truth<V> truth, Peer<V> peer, Order order)
      throws Exception {
    long begin = System.nanoTime();
    long until = begin + (long) (seconds * 1e9);
    long gets = 0;
    int at = 0;
    do {
      for (int k = 0; k < BATCH; k++) {
        truth.check(order.entries[at], peer.get(order.keys[at]));
        at = at + 1 == order.length() ? 0 : at + 1;
      }
      gets += BATCH;
    } while (System.nanoTime() < until);
    return (System.nanoTime() - begin) / (double) gets;
  }
}
