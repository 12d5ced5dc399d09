package io.pagurus.s3;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import java.util.Arrays;
import java.util.Random;

/**
 * A process whose state is in a bucket and off the heap. The arguments are the work and a URL, then
 * how many MiB.
 *
 * <ul>
 *   <li>{@code fill}: puts so much, closes the store.
 *   <li>{@code compare}, {@code look}: as owner, or read-only: compares every entry. Says {@code
 *       OPENED n} when that is done after n ms, {@code FIRST n} and {@code ALL n} with what the
 *       restore read.
 * </ul>
 *
 * <p>With {@code wait} behind them, it waits to be killed before it closes the store.
 */
final class LargeStateService {
  private static final int VALUE = 8 << 10;
  static final int PER_MEGABYTE = (1 << 20) / VALUE;

  private LargeStateService() {}

  public static void main(String[] args) throws Exception {
    int entries = Integer.parseInt(args[2]) * PER_MEGABYTE;
    boolean wait = args.length > 3;
    long begin = System.nanoTime();
    StateStoreBuilder builder = StateStore.builder().url(args[1]).readOnly(args[0].equals("look"));
    try (StateStore store = builder.open()) {
      System.out.println("OPENED " + millisSince(begin));
      StateMap<Integer, byte[]> map = store.map("large", Integer.class, byte[].class);
      if (args[0].equals("fill")) {
        fill(store, map, entries);
      } else {
        compare(map, 0);
        System.out.println("FIRST " + millisSince(begin));
        for (int i = 1; i < entries; i++) {
          compare(map, i);
        }
        System.out.println(
            "ALL "
                + millisSince(begin)
                + " ms, "
                + map.size()
                + " entries, "
                + store.status().restore().bytesRead()
                + " bytes read");
      }
      System.out.println("HEAP " + usedHeap());
      if (wait) {
        Thread.sleep(Long.MAX_VALUE);
      }
    }
    System.out.println("DONE");
  }

  /** Puts so many entries, and saves now and then. */
  static void fill(StateStore store, StateMap<Integer, byte[]> map, int entries) {
    for (int i = 0; i < entries; i++) {
      put(map, i);
      if (i % (4 * PER_MEGABYTE) == 0) {
        store.flush();
      }
    }
    store.flush();
  }

  static void put(StateMap<Integer, byte[]> map, int key) {
    map.put(key, value(key));
  }

  private static void compare(StateMap<Integer, byte[]> map, int key) {
    if (!Arrays.equals(map.get(key), value(key))) {
      throw new AssertionError("entry " + key);
    }
  }

  private static byte[] value(int key) {
    byte[] value = new byte[VALUE];
    new Random(key).nextBytes(value);
    return value;
  }

  private static long millisSince(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }

  /** MiB. */
  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }
}
