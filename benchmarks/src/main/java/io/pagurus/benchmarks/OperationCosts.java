package io.pagurus.benchmarks;

import static java.util.Objects.requireNonNull;

import io.pagurus.benchmarks.peers.Contestant;
import io.pagurus.benchmarks.peers.Peer;
import io.pagurus.benchmarks.peers.Shape;
import io.pagurus.benchmarks.peers.Site;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What single operations cost, measured by JMH: nanoseconds are too short for the loops of {@link
 * Reads}. Keys are equal to those in the store, and never the same objects.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OperationCosts {
  /** Who. */
  @Param({"pagurus"})
  public String contestant = "";

  /** With what: A are immutable values, B mutable ones. */
  @Param({"A"})
  public String workload = "";

  /** With how many. */
  @Param({"100000"})
  public int entries;

  private @Nullable Entries<?> all;
  private @Nullable Path directory;

  /** An open peer with its entries. */
  private static final class Entries<V> {
    final Peer<V> peer;
    final Order hot;
    final Order uniform;
    final Object[] values;
    int at;

    Entries(Contestant contestant, Site<V> site) throws Exception {
      Shape<V> shape = site.shape();
      Truth<V> truth = new Truth<>(shape, site.entries());
      peer = contestant.open(site);
      for (int i = 0; i < site.entries(); i++) {
        peer.put(shape.key(i), shape.of(i, 0));
      }
      hot = Order.hot(truth);
      uniform = Order.uniform(truth);
      values = new Object[hot.length()];
      for (int k = 0; k < values.length; k++) {
        values[k] = shape.of(hot.entries[k], 0);
      }
      truth.verify(peer, "the load");
      SplittableRandom random = new SplittableRandom(1);
      at = random.nextInt(hot.length());
    }

    @Nullable Object get(Order order) throws Exception {
      at = at + 1 >= order.length() ? 0 : at + 1;
      return peer.get(order.keys[at]);
    }

    @SuppressWarnings("unchecked") // values are of this shape
    void put() throws Exception {
      at = at + 1 >= values.length ? 0 : at + 1;
      peer.put(hot.keys[at], (V) values[at]);
    }
  }

  /** Loads the peer. */
  @Setup
  public void open() throws Exception {
    directory = Files.createTempDirectory("operations");
    all = open(Workload.of(workload).shape, directory);
  }

  private <V> Entries<V> open(Shape<V> shape, Path at) throws Exception {
    return new Entries<>(Contestant.of(contestant), new Site<>(at, shape, entries, false));
  }

  /** Closes it. */
  @TearDown
  public void close() throws Exception {
    requireNonNull(all).peer.close();
    Disk.delete(requireNonNull(directory));
  }

  /** Gets one of ten thousand. */
  @Benchmark
  public @Nullable Object getHot() throws Exception {
    Entries<?> entries = requireNonNull(all);
    return entries.get(entries.hot);
  }

  /** Gets one of all. */
  @Benchmark
  public @Nullable Object getUniform() throws Exception {
    Entries<?> entries = requireNonNull(all);
    return entries.get(entries.uniform);
  }

  /** Puts one of ten thousand. */
  @Benchmark
  public void put() throws Exception {
    requireNonNull(all).put();
  }
}
