package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Customer;
import io.pagurus.benchmarks.peers.Peer;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Timed puts of entries that are there already, uniform. */
final class Writes {
  private static final int BATCH = 1_000;

  private Writes() {}

  /** ASYNC puts by one thread, then until they are durable. */
  static void async(Task task, Truth truth, Peer peer, Answer answer) throws Exception {
    int version = truth.next();
    int entries = truth.entries();
    int[] order = new SplittableRandom(3).ints(entries, 0, entries).toArray();
    String[] keys = Loading.keys(entries);
    Customer[] values = new Customer[entries];
    for (int i = 0; i < entries; i++) {
      values[i] = Customer.of(i, version);
    }
    puts(task.seconds() / 2, truth, peer, keys, values, order, version); // warm up
    peer.checkpoint();
    long begin = System.nanoTime();
    long puts = puts(task.seconds(), truth, peer, keys, values, order, version);
    answer.put(Figure.PUT, (System.nanoTime() - begin) / (double) puts);
    peer.checkpoint();
    if (task.contestant().keeps) {
      answer.put(Figure.PUT_DRAINED, (System.nanoTime() - begin) / (double) puts);
    }
  }

  private static long puts(
      double seconds,
      Truth truth,
      Peer peer,
      String[] keys,
      Customer[] values,
      int[] order,
      int version)
      throws Exception {
    long until = System.nanoTime() + (long) (seconds * 1e9);
    long puts = 0;
    int at = 0;
    do {
      for (int k = 0; k < BATCH; k++) {
        int i = order[at];
        peer.put(keys[i], values[i]);
        at = at + 1 == order.length ? 0 : at + 1;
      }
      puts += BATCH;
    } while (System.nanoTime() < until);
    for (long k = 0; k < Math.min(puts, order.length); k++) {
      truth.set(order[(int) k], version);
    }
    return puts;
  }

  /** SYNC puts by {@code threads} threads, each with entries of its own. */
  static void sync(Task task, Truth truth, Peer peer, int threads, Figure figure, Answer answer)
      throws Exception {
    int version = truth.next();
    putAll(task.seconds() / 4, truth, peer, threads, version); // warm up
    long begin = System.nanoTime();
    long puts = putAll(task.seconds(), truth, peer, threads, version + 1);
    answer.put(figure, puts * 1e9 / (System.nanoTime() - begin));
  }

  private static long putAll(double seconds, Truth truth, Peer peer, int threads, int version)
      throws Exception {
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
                              peer.putDurable(Customer.key(i), Customer.of(i, version));
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
