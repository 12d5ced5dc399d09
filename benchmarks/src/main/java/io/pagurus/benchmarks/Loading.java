package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Customer;
import io.pagurus.benchmarks.peers.Peer;

/** The bulk load. Nothing of the harness holds on to what was loaded when it returns. */
final class Loading {
  private Loading() {}

  static Peer load(Task task, Answer answer) throws Exception {
    String[] keys = new String[task.entries()];
    Customer[] values = new Customer[task.entries()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Customer.of(i, 0);
      keys[i] = values[i].id(); // as applications do: who holds objects holds one string less
    }
    Peer peer = task.contestant().open(task.directory(), task.url());
    long begin = System.nanoTime();
    peer.load(keys, values);
    answer.put(Figure.LOAD, (System.nanoTime() - begin) / 1e9);
    return peer;
  }

  /** Keys equal to those in the store, and never the same objects. */
  static String[] keys(int entries) {
    String[] keys = new String[entries];
    for (int i = 0; i < entries; i++) {
      keys[i] = Customer.key(i);
    }
    return keys;
  }
}
