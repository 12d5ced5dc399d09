package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Ability;
import io.pagurus.benchmarks.peers.Contestant;
import io.pagurus.benchmarks.peers.Peer;
import io.pagurus.benchmarks.peers.Shape;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** The parts of a workload; each runs in a JVM of its own, so that reopening is real. */
enum Scenario {
  /** Loads, reads, changes 1 %, closes. */
  LOAD {
    @Override
    <V> void run(Task task, Shape<V> shape, Answer answer) throws Exception {
      long before = Memory.heapAfterGc();
      Truth<V> truth = new Truth<>(shape, task.entries());
      Peer<V> peer = Loading.load(task, shape, answer);
      answer.put(Figure.HEAP, (Memory.heapAfterGc() - before) / 1e6);
      Memory.resident().ifPresent(bytes -> answer.put(Figure.RSS, bytes / 1e6));
      truth.verify(peer, "the load");
      Reads.measure(task.seconds(), truth, peer, answer);
      if (task.contestant().can(Ability.CHECKPOINT)) {
        checkpoint(truth, peer, answer);
        truth.verify(peer, "the checkpoint");
      }
      long begin = System.nanoTime();
      peer.close();
      if (task.contestant().can(Ability.KEEP)) {
        answer.put(Figure.CLOSE, millisSince(begin));
      }
      truth.write(task.truth());
    }
  },

  /** Opens, reads one entry, reads all of them. */
  REOPEN {
    @Override
    <V> void run(Task task, Shape<V> shape, Answer answer) throws Exception {
      Truth<V> truth = Truth.read(shape, task.truth());
      int first = truth.entries() / 3;
      long begin = System.nanoTime();
      Peer<V> peer = task.contestant().open(task.site(shape));
      truth.check(first, peer.get(shape.key(first)));
      answer.put(Figure.FIRST_READ, millisSince(begin));
      readAll(truth, peer);
      answer.put(Figure.ALL_READABLE, millisSince(begin) / 1e3);
      truth.verify(peer, "reopening");
      peer.close();
    }
  },

  /** Opens, changes a tenth, makes that durable, and waits to be killed. */
  LEAVE_TAIL {
    @Override
    <V> void run(Task task, Shape<V> shape, Answer answer) throws Exception {
      Truth<V> truth = Truth.read(shape, task.truth());
      Peer<V> peer = task.contestant().open(task.site(shape));
      put(truth, peer, truth.entries() / 10);
      peer.checkpoint();
      truth.write(task.truth());
      answer.write(task.answer());
      while (true) {
        Thread.sleep(1000);
      }
    }
  },

  /** The changes of the workload, and whether all of them are there after a reopening. */
  CHANGE {
    @Override
    <V> void run(Task task, Shape<V> shape, Answer answer) throws Exception {
      boolean keeps = task.contestant().can(Ability.KEEP);
      Truth<V> truth = keeps ? Truth.read(shape, task.truth()) : new Truth<>(shape, task.entries());
      Peer<V> peer =
          keeps
              ? task.contestant().open(task.site(shape))
              : Loading.load(task, shape, new Answer());
      readAll(truth, peer); // what loads lazily is loaded
      Changes<V> changes = new Changes<>(task, truth, peer, answer);
      task.workload().change(changes);
      changes.peer().close();
      truth.write(task.truth());
      if (keeps) {
        Peer<V> again = task.contestant().open(task.site(shape));
        readAll(truth, again);
        truth.verify(again, "the changes and a reopening");
        again.close();
      }
    }
  },

  /** How long a close takes that has changes to save. */
  FINAL_SAVE {
    @Override
    <V> void run(Task task, Shape<V> shape, Answer answer) throws Exception {
      Truth<V> truth = Truth.read(shape, task.truth());
      Map<Integer, Figure> figures =
          new TreeMap<>(
              Map.of(
                  100, Figure.SAVE_100,
                  1_000, Figure.SAVE_1K,
                  10_000, Figure.SAVE_10K,
                  100_000, Figure.SAVE_100K));
      for (int turn = 0; turn < 2; turn++) { // the second one counts
        for (Map.Entry<Integer, Figure> one : figures.entrySet()) {
          if (one.getKey() <= truth.entries()) {
            Peer<V> peer = task.contestant().open(task.site(shape));
            truth.verify(peer, "reopening");
            put(truth, peer, one.getKey());
            long begin = System.nanoTime();
            peer.close();
            answer.put(one.getValue(), millisSince(begin));
          }
        }
      }
      truth.write(task.truth());
    }
  };

  abstract <V> void run(Task task, Shape<V> shape, Answer answer) throws Exception;

  /** Says whether {@code contestant} is able to take part in it. */
  boolean suits(Contestant contestant) {
    return switch (this) {
      case LOAD, CHANGE -> true;
      case REOPEN, FINAL_SAVE -> contestant.can(Ability.KEEP);
      case LEAVE_TAIL -> contestant.can(Ability.CHECKPOINT);
    };
  }

  private static <V> void readAll(Truth<V> truth, Peer<V> peer) throws Exception {
    for (int i = 0; i < truth.entries(); i++) {
      truth.check(i, peer.get(truth.shape().key(i)));
    }
  }

  private static <V> void checkpoint(Truth<V> truth, Peer<V> peer, Answer answer) throws Exception {
    long begin = put(truth, peer, truth.entries() / 100);
    long put = System.nanoTime();
    peer.checkpoint();
    answer.put(Figure.CHECKPOINT, millisSince(put));
    answer.put(Figure.CHANGE_AND_CHECKPOINT, millisSince(begin));
  }

  /** Changes {@code count} entries, made beforehand; returns when it began to put them. */
  private static <V> long put(Truth<V> truth, Peer<V> peer, int count) throws Exception {
    int version = truth.next();
    Shape<V> shape = truth.shape();
    int[] changed = new SplittableRandom(version).ints(count, 0, truth.entries()).toArray();
    String[] keys = new String[count];
    Object[] values = new Object[count];
    for (int k = 0; k < count; k++) {
      keys[k] = shape.key(changed[k]);
      values[k] = shape.of(changed[k], version);
      truth.set(changed[k], version);
    }
    long begin = System.nanoTime();
    for (int k = 0; k < count; k++) {
      @SuppressWarnings("unchecked") // they were made above
      V value = (V) values[k];
      peer.put(keys[k], value);
    }
    return begin;
  }

  private static double millisSince(long begin) {
    return (System.nanoTime() - begin) / 1e6;
  }
}
