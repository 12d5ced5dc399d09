package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Counters;
import io.pagurus.benchmarks.peers.Customer;
import io.pagurus.benchmarks.peers.Documents;
import io.pagurus.benchmarks.peers.Session;
import io.pagurus.benchmarks.peers.Shape;
import java.util.Arrays;

/** What is stored, and what is done with it. */
enum Workload {
  A("customers: records of six fields, about 200 bytes", Customer.SHAPE, 1_000_000, 20_000) {
    @Override
    <V> void change(Changes<V> changes) throws Exception {
      changes.puts();
      changes.durablePuts(1, Figure.SYNC_1);
      changes.durablePuts(8, Figure.SYNC_8);
      changes.durablePuts(64, Figure.SYNC_64);
    }
  },
  B("sessions: mutable, with attributes, about 500 bytes", Session.SHAPE, 200_000, 5_000) {
    @Override
    <V> void change(Changes<V> changes) throws Exception {
      changes.updates();
      changes.durablePuts(8, Figure.SYNC_8);
    }
  },
  C("counters of 8 bytes", Counters.SHAPE, 10_000_000, 50_000) {
    @Override
    <V> void change(Changes<V> changes) throws Exception {
      changes.updates();
    }
  },
  D("documents of 10 KB that do not compress", Documents.SHAPE, 100_000, 1_000) {
    @Override
    <V> void change(Changes<V> changes) throws Exception {
      changes.puts();
      changes.durablePuts(8, Figure.SYNC_8);
    }
  };

  /** What the entries are, in words. */
  final String title;

  final Shape<?> shape;

  /** How many entries there are when time does not count. */
  final int entries;

  /** How many there are in the quick mode. */
  final int few;

  Workload(String title, Shape<?> shape, int entries, int few) {
    this.title = title;
    this.shape = shape;
    this.entries = entries;
    this.few = few;
  }

  /** The timed changes of this workload. */
  abstract <V> void change(Changes<V> changes) throws Exception;

  static Workload of(String name) {
    return Arrays.stream(values())
        .filter(one -> one.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No workload is called " + name));
  }
}
