package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Customer;
import io.pagurus.benchmarks.peers.Peer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The parts of the workload; each runs in a JVM of its own, so that reopening is real. */
enum Scenario {
  /** Loads, reads, changes 1 %, closes. */
  LOAD {
    @Override
    void run(Task task, Answer answer) throws Exception {
      long before = Heap.usedAfterGc();
      Truth truth = new Truth(task.entries());
      Peer peer = Loading.load(task, answer);
      answer.put(Figure.HEAP, (Heap.usedAfterGc() - before) / 1e6);
      truth.verify(peer, "load");
      Reads.measure(task, truth, peer, answer);
      truth.verify(peer, "the gets");
      if (task.contestant().keeps) {
        change(truth, peer, answer);
        truth.verify(peer, "the checkpoint");
      }
      close(truth, peer, task, answer);
    }
  },

  /** Opens, reads one entry, reads all of them. */
  REOPEN {
    @Override
    void run(Task task, Answer answer) throws Exception {
      Truth truth = Truth.read(task.truth());
      String[] keys = Loading.keys(truth.entries());
      long begin = System.nanoTime();
      Peer peer = task.contestant().open(task.directory(), task.url());
      int first = truth.entries() / 3;
      truth.check(first, peer.get(keys[first]));
      answer.put(Figure.FIRST_READ, (System.nanoTime() - begin) / 1e6);
      for (int i = 0; i < keys.length; i++) {
        truth.check(i, peer.get(keys[i]));
      }
      answer.put(Figure.ALL_READABLE, (System.nanoTime() - begin) / 1e9);
      truth.verify(peer, "reopening");
      peer.close();
    }
  },

  /** Opens, changes a tenth, makes that durable, and waits to be killed. */
  LEAVE_TAIL {
    @Override
    void run(Task task, Answer answer) throws Exception {
      Truth truth = Truth.read(task.truth());
      Peer peer = task.contestant().open(task.directory(), task.url());
      int version = truth.next();
      SplittableRandom random = new SplittableRandom(7);
      for (int k = 0; k < truth.entries() / 10; k++) {
        int i = random.nextInt(truth.entries());
        peer.put(Customer.key(i), Customer.of(i, version));
        truth.set(i, version);
      }
      peer.checkpoint();
      for (int k = 0; k < 100; k++) {
        int i = random.nextInt(truth.entries());
        peer.putDurable(Customer.key(i), Customer.of(i, version + 1));
        truth.set(i, version + 1);
      }
      truth.write(task.truth());
      answer.write(task.answer());
      while (true) {
        Thread.sleep(1000);
      }
    }
  },

  /** Puts, ASYNC and SYNC. */
  PUT {
    @Override
    void run(Task task, Answer answer) throws Exception {
      Truth truth;
      Peer peer;
      if (task.contestant().keeps) {
        truth = Truth.read(task.truth());
        peer = task.contestant().open(task.directory(), task.url());
      } else {
        truth = new Truth(task.entries());
        peer = Loading.load(task, new Answer());
      }
      for (int i = 0; i < truth.entries(); i++) { // what loads lazily is loaded
        truth.check(i, peer.get(Customer.key(i)));
      }
      Writes.async(task, truth, peer, answer);
      truth.verify(peer, "the ASYNC puts");
      if (task.contestant().keeps) {
        Writes.sync(task, truth, peer, 1, Figure.SYNC_1, answer);
        Writes.sync(task, truth, peer, 8, Figure.SYNC_8, answer);
        Writes.sync(task, truth, peer, 64, Figure.SYNC_64, answer);
        truth.verify(peer, "the SYNC puts");
      }
      close(truth, peer, task, new Answer());
    }
  };

  abstract void run(Task task, Answer answer) throws Exception;

  private static void change(Truth truth, Peer peer, Answer answer) throws Exception {
    int version = truth.next();
    int[] changed =
        new SplittableRandom(1).ints(truth.entries() / 100, 0, truth.entries()).toArray();
    String[] keys = Arrays.stream(changed).mapToObj(Customer::key).toArray(String[]::new);
    Customer[] values =
        IntStream.of(changed).mapToObj(i -> Customer.of(i, version)).toArray(Customer[]::new);
    long begin = System.nanoTime();
    for (int k = 0; k < changed.length; k++) {
      peer.put(keys[k], values[k]);
    }
    long put = System.nanoTime();
    peer.checkpoint();
    answer.put(Figure.CHECKPOINT, (System.nanoTime() - put) / 1e6);
    answer.put(Figure.CHANGE_AND_CHECKPOINT, (System.nanoTime() - begin) / 1e6);
    for (int i : changed) {
      truth.set(i, version);
    }
  }

  private static void close(Truth truth, Peer peer, Task task, Answer answer) throws Exception {
    long begin = System.nanoTime();
    peer.close();
    if (task.contestant().keeps) {
      answer.put(Figure.CLOSE, (System.nanoTime() - begin) / 1e6);
    }
    truth.write(task.truth());
  }
}
