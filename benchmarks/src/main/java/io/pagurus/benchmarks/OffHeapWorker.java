package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import io.pagurus.benchmarks.peers.Customer;
import io.pagurus.benchmarks.peers.Peer;
import io.pagurus.benchmarks.peers.Site;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The main class of the small JVMs of {@link OffHeapProbe}. It holds nothing itself: what an entry
 * must contain follows from its number.
 */
final class OffHeapWorker {
  static final String LOAD = "load";
  static final String REOPEN = "reopen after close";
  static final String CHANGE_AND_DIE = "change 2 % and be killed";
  static final String REOPEN_CHANGED = "reopen after kill -9";

  private static final IntUnaryOperator LOADED = i -> 0;
  private static final IntUnaryOperator CHANGED = i -> i % 50 == 1 ? 1 : 0;

  private OffHeapWorker() {}

  public static void main(String[] arguments) {
    try {
      run(arguments);
      System.exit(0);
    } catch (Throwable failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(1); // threads of a store left open would keep the fork alive
    }
  }

  private static void run(String[] arguments) throws Exception {
    int entries = Integer.parseInt(arguments[2]);
    long begin = System.nanoTime();
    Peer<Customer> peer =
        Contestant.PAGURUS_OFF_HEAP.open(
            new Site<>(Path.of(arguments[1]), Customer.SHAPE, entries, false));
    switch (arguments[0]) {
      case LOAD -> load(peer, entries);
      case REOPEN -> read(peer, entries, begin, LOADED);
      case CHANGE_AND_DIE -> changeAndDie(peer, entries);
      case REOPEN_CHANGED -> read(peer, entries, begin, CHANGED);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    begin = System.nanoTime();
    peer.close();
    millis("close", begin);
  }

  private static void load(Peer<Customer> peer, int entries) throws Exception {
    long begin = System.nanoTime();
    for (int i = 0; i < entries; i++) {
      peer.put(Customer.SHAPE.key(i), Customer.SHAPE.of(i, 0));
    }
    peer.checkpoint();
    millis("load until durable", begin);
    memory();
    gets(peer, entries);
  }

  private static void changeAndDie(Peer<Customer> peer, int entries) throws Exception {
    for (int i = 1; i < entries; i += 50) {
      peer.put(Customer.SHAPE.key(i), Customer.SHAPE.of(i, 1));
    }
    long begin = System.nanoTime();
    peer.checkpoint();
    millis("checkpoint", begin);
    new ProcessBuilder("kill", "-9", "" + ProcessHandle.current().pid()).start().waitFor();
    Thread.sleep(60_000);
  }

  private static void read(Peer<Customer> peer, int entries, long begin, IntUnaryOperator version)
      throws Exception {
    check(entries / 3, peer, version);
    millis("first read", begin);
    for (int i = 0; i < entries; i++) {
      check(i, peer, version);
    }
    millis("all read, every field compared", begin);
    if (peer.size() != entries) {
      throw new IllegalStateException(peer.size() + " entries, not " + entries);
    }
    memory();
  }

  private static void check(int i, Peer<Customer> peer, IntUnaryOperator version) throws Exception {
    @Nullable Customer found = peer.get(Customer.SHAPE.key(i));
    Customer expected = Customer.SHAPE.of(i, version.applyAsInt(i));
    if (!expected.equals(found)) {
      throw new IllegalStateException("Expected " + expected + ", found " + found);
    }
  }

  private static void gets(Peer<Customer> peer, int entries) throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    int gets = Math.min(entries, 500_000);
    String[] keys = new String[gets];
    for (int k = 0; k < gets; k++) {
      keys[k] = Customer.SHAPE.key(random.nextInt(entries));
    }
    long begin = System.nanoTime();
    for (String key : keys) {
      if (peer.get(key) == null) {
        throw new IllegalStateException("Lost: " + key);
      }
    }
    System.out.printf("  get, uniform: %,.0f ns%n", (System.nanoTime() - begin) / (double) gets);
  }

  private static void millis(String what, long begin) {
    System.out.printf("  %s: %,.0f ms%n", what, (System.nanoTime() - begin) / 1e6);
  }

  private static void memory() throws Exception {
    System.out.printf("  heap after GC: %,.0f MB%n", Memory.heapAfterGc() / 1e6);
    Memory.resident()
        .ifPresent(bytes -> System.out.printf("  resident memory: %,.0f MB%n", bytes / 1e6));
  }
}
