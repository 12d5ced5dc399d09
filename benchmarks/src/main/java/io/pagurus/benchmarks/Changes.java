package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Ability;
import io.pagurus.benchmarks.peers.Peer;
import io.pagurus.benchmarks.peers.Shape;
import io.pagurus.benchmarks.peers.Site;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Timed changes of entries that are there already, uniform. */
final class Changes<V> {
  private static final int BATCH = 500;

  private final Task task;
  private final Truth<V> truth;
  private final Answer answer;
  private Peer<V> peer;
  private boolean synced;

  Changes(Task task, Truth<V> truth, Peer<V> peer, Answer answer) {
    this.task = task;
    this.truth = truth;
    this.peer = peer;
    this.answer = answer;
  }

  Peer<V> peer() {
    return peer;
  }

  /** Changes the entry at a place of the order. */
  private interface Change {
    void run(int at) throws Exception;
  }

  /** ASYNC puts by one thread, then until they are durable. */
  void puts() throws Exception {
    int version = truth.next();
    Order order = Order.uniform(truth);
    Shape<V> shape = truth.shape();
    // Made beforehand, if they fit; a value may be put again and again.
    int made =
        Math.min(
            order.length(), 1_000_000_000 / (shape.format().encode(shape.of(0, 0)).length * 4));
    Object[] values = new Object[made];
    for (int k = 0; k < made; k++) {
      values[k] = shape.of(order.entries[k], version);
    }
    time(
        Figure.PUT,
        made,
        at -> {
          @SuppressWarnings("unchecked") // they were made above
          V value = (V) values[at];
          peer.put(order.keys[at], value);
          truth.set(order.entries[at], version);
        });
  }

  /** Gets, changes and puts back, by one thread, then until that is durable. */
  void updates() throws Exception {
    Order order = Order.uniform(truth);
    Shape<V> shape = truth.shape();
    time(
        Figure.UPDATE,
        order.length(),
        at -> {
          int i = order.entries[at];
          int version = truth.version(i) + 1;
          peer.update(order.keys[at], was -> shape.changed(was, i, version));
          truth.set(i, version);
        });
  }

  private void time(Figure figure, int length, Change change) throws Exception {
    boolean checkpoints = task.contestant().can(Ability.CHECKPOINT);
    run(task.seconds() / 2, 0, length, change); // warm up
    if (checkpoints) {
      peer.checkpoint();
    }
    long begin = System.nanoTime();
    long changes = run(task.seconds(), length / 2, length, change);
    answer.put(figure, (System.nanoTime() - begin) / (double) changes);
    if (checkpoints) {
      peer.checkpoint();
      answer.put(Figure.PUT_DRAINED, (System.nanoTime() - begin) / (double) changes);
    }
    truth.verify(peer, figure.title);
  }

  private static long run(double seconds, int from, int length, Change change) throws Exception {
    long until = System.nanoTime() + (long) (seconds * 1e9);
    long changes = 0;
    int at = from;
    do {
      for (int k = 0; k < BATCH; k++) {
        change.run(at);
        at = at + 1 == length ? 0 : at + 1;
      }
      changes += BATCH;
    } while (System.nanoTime() < until);
    return changes;
  }

  /** SYNC puts by {@code threads} threads, each with entries of its own. */
  void durablePuts(int threads, Figure figure) throws Exception {
    if (!task.contestant().can(Ability.DURABLE_PUT)) {
      return;
    }
    if (!synced) {
      peer.close();
      peer =
          task.contestant().open(new Site<>(task.directory(), truth.shape(), task.entries(), true));
      synced = true;
    }
    int version = truth.next();
    putAll(task.seconds() / 4, threads, version); // warm up
    long begin = System.nanoTime();
    long puts = putAll(task.seconds(), threads, version + 1);
    answer.put(figure, puts * 1e9 / (System.nanoTime() - begin));
    truth.verify(peer, figure.title);
  }

  private long putAll(double seconds, int threads, int version) throws Exception {
    LongAdder puts = new LongAdder();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long until = System.nanoTime() + (long) (seconds * 1e9);
      for (Future<?> done :
          IntStream.range(0, threads)
              .mapToObj(
                  thread ->
                      pool.submit(
                          () -> {
                            SplittableRandom random = new SplittableRandom(thread);
                            int own = truth.entries() / threads;
                            while (System.nanoTime() < until) {
                              int i = random.nextInt(own) * threads + thread;
                              Shape<V> shape = truth.shape();
                              peer.putDurable(shape.key(i), shape.of(i, version));
                              truth.set(i, version);
                              puts.increment();
                            }
                            return null;
                          }))
              .toList()) {
        done.get();
      }
    } finally {
      pool.shutdown();
    }
    return puts.sum();
  }
}
