package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Ability;
import io.pagurus.benchmarks.peers.Peer;
import io.pagurus.benchmarks.peers.Shape;
import java.lang.reflect.Array;

/** The bulk load. Nothing of the harness holds on to what was loaded when it returns. */
final class Loading {
  private static final int CHUNK_ENTRIES = 1_000_000;
  private static final long CHUNK_BYTES = 300L << 20;

  private Loading() {}

  /** Loads in chunks that are made beforehand, and adds up the time of the peer. */
  static <V> Peer<V> load(Task task, Shape<V> shape, Answer answer) throws Exception {
    Peer<V> peer = task.contestant().open(task.site(shape));
    int bytes = shape.format().encode(shape.of(0, 0)).length;
    int chunk = (int) Math.min(CHUNK_ENTRIES, CHUNK_BYTES / bytes);
    long nanos = 0;
    for (int from = 0; from < task.entries(); from += chunk) {
      nanos += load(peer, shape, from, Math.min(chunk, task.entries() - from));
    }
    answer.put(Figure.LOADED, nanos / 1e9);
    if (task.contestant().can(Ability.CHECKPOINT)) {
      long begin = System.nanoTime();
      peer.checkpoint();
      answer.put(Figure.LOAD, (nanos + System.nanoTime() - begin) / 1e9);
    }
    return peer;
  }

  private static <V> long load(Peer<V> peer, Shape<V> shape, int from, int count) throws Exception {
    String[] keys = new String[count];
    @SuppressWarnings("unchecked") // an array of that very type
    V[] values = (V[]) Array.newInstance(shape.type(), count);
    for (int k = 0; k < count; k++) {
      keys[k] = shape.key(from + k);
      values[k] = shape.of(from + k, 0);
    }
    long begin = System.nanoTime();
    peer.load(keys, values);
    return System.nanoTime() - begin;
  }
}
