package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Peer;
import java.util.SplittableRandom;

/** Timed gets by one thread; each answer is checked by its balance. */
final class Reads {
  private static final int HOT = 10_000;
  private static final int BATCH = 5_000;

  private Reads() {}

  static void measure(Task task, Truth truth, Peer peer, Answer answer) throws Exception {
    String[] keys = Loading.keys(truth.entries());
    int[] uniform = order(truth.entries(), truth.entries());
    int[] hot = order(truth.entries(), HOT);
    answer.put(Figure.GET_UNIFORM, nanosOf(task, truth, peer, keys, uniform));
    answer.put(Figure.GET_HOT, nanosOf(task, truth, peer, keys, hot));
  }

  private static double nanosOf(Task task, Truth truth, Peer peer, String[] keys, int[] order)
      throws Exception {
    gets(task.seconds() / 2, truth, peer, keys, order); // warm up
    return gets(task.seconds(), truth, peer, keys, order);
  }

  private static double gets(double seconds, Truth truth, Peer peer, String[] keys, int[] order)
      throws Exception {
    long begin = System.nanoTime();
    long until = begin + (long) (seconds * 1e9);
    long gets = 0;
    int at = 0;
    do {
      for (int k = 0; k < BATCH; k++) {
        int i = order[at];
        truth.check(i, peer.get(keys[i]));
        at = at + 1 == order.length ? 0 : at + 1;
      }
      gets += BATCH;
    } while (System.nanoTime() < until);
    return (System.nanoTime() - begin) / (double) gets;
  }

  /** A random order of {@code count} entries, spread over all {@code entries}. */
  private static int[] order(int entries, int count) {
    int chosen = Math.min(entries, count);
    int[] order = new int[chosen];
    for (int k = 0; k < chosen; k++) {
      order[k] = (int) ((long) k * entries / chosen);
    }
    SplittableRandom random = new SplittableRandom(42);
    for (int k = chosen - 1; k > 0; k--) {
      int other = random.nextInt(k + 1);
      int swap = order[k];
      order[k] = order[other];
      order[other] = swap;
    }
    return order;
  }
}
