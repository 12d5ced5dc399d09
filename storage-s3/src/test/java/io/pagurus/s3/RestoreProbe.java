package io.pagurus.s3;

import static java.util.Objects.requireNonNull;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StorageUsage;
import io.pagurus.internal.log.BucketState;
import io.pagurus.internal.log.LogSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.core.sync.ResponseTransformer;

/**
 * What reading from a bucket takes, in a JVM of its own so that its heap is known. The first
 * argument is the work:
 *
 * <ul>
 *   <li>{@code reads URL OBJECTS}: reads so many segments of 64 MiB as a restore does, and by bare
 *       parallel ranged GETs of the same objects, in turns. Says {@code BARE n} and {@code STORE n}
 *       in MB/s.
 *   <li>{@code fill URL MEGABYTES}: fills a store. Says how it lies in the bucket.
 *   <li>{@code open URL}: opens it and reads a key, then everything. Says {@code FIRST n} and
 *       {@code ALL n} in ms, with what was read till then.
 * </ul>
 */
final class RestoreProbe {
  static final int SEGMENT = 64 << 20;

  private static final int ROUNDS = 3;
  private static final int LOADERS = 4;

  /** A key that the filling put early, and not first in its partition. */
  private static final int IN_A_BASE = 6_143;

  private RestoreProbe() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "reads" -> reads(args[1], Integer.parseInt(args[2]));
      case "fill" -> fill(args[1], Integer.parseInt(args[2]));
      case "open" -> open(args[1]);
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.out.println("DONE");
  }

  private static String key(int number) {
    return "s/segment-" + number;
  }

  private static void reads(String url, int count) throws Exception {
    S3Url parsed = S3Url.parse(url);
    try (S3Connection connection = S3Connection.to(parsed);
        S3ObjectStore objects = S3Server.open(url)) {
      byte[] bytes = new byte[SEGMENT];
      new Random(1).nextBytes(bytes);
      for (int i = 0; i < count; i++) {
        objects.putIfAbsent(key(i), ByteBuffer.wrap(bytes));
      }
      bytes = null;
      String root = parsed.root("contract");
      for (int round = 0; round < ROUNDS; round++) {
        List<Callable<Long>> bare = new ArrayList<>();
        List<Callable<Long>> whole = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          String key = key(i);
          for (int at = 0; at < SEGMENT; at += RangeReader.PART) {
            String range = "bytes=" + at + "-" + (at + RangeReader.PART - 1);
            bare.add(
                () ->
                    (long)
                        connection
                            .client()
                            .getObject(
                                get -> get.bucket(parsed.bucket()).key(root + key).range(range),
                                ResponseTransformer.toBytes())
                            .asByteArrayUnsafe()
                            .length);
          }
          whole.add(() -> (long) objects.get(key, 0, SEGMENT + 1).length);
        }
        System.out.println("BARE " + rate(bare, S3Connection.PARALLEL_READS));
        System.out.println("STORE " + rate(whole, LOADERS));
      }
    }
  }

  /** MB/s. */
  private static long rate(List<Callable<Long>> work, int threads) throws Exception {
    AtomicLong bytes = new AtomicLong();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    long begin = System.nanoTime();
    try {
      List<Future<?>> running = new ArrayList<>();
      for (Callable<Long> one : work) {
        running.add(pool.submit(() -> bytes.addAndGet(one.call())));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      pool.shutdown();
    }
    return bytes.get() * 1000 / Math.max(1, System.nanoTime() - begin);
  }

  private static void fill(String url, int megabytes) {
    int entries = megabytes * LargeStateService.PER_MEGABYTE;
    try (StateStore store = StateStore.open(url);
        S3ObjectStore objects = S3Server.open(url, store.name())) {
      StateMap<Integer, byte[]> map = store.map("map", Integer.class, byte[].class);
      LargeStateService.fill(store, map, entries);
      System.out.println("LOADED " + BucketState.of(objects));
      // What a restart replays depends on when the last compaction was: let it be the same here.
      long longest = LogSettings.BUCKET.longestTailBytes();
      awaitTail(objects, longest);
      lengthenTail(store, map, entries, objects, longest);
      awaitTail(objects, longest / 8);
      lengthenTail(store, map, entries, objects, longest * 3 / 4);
      System.out.println("FILLED " + BucketState.of(objects));
    }
  }

  /**
   * Until the log is no longer than that: a load is faster than compaction. The heartbeats of the
   * owner take along what is compacted.
   */
  private static void awaitTail(S3ObjectStore objects, long most) {
    while (BucketState.of(objects).tailBytes() > most) {
      LockSupport.parkNanos(500_000_000);
    }
  }

  /** Puts the last 4 MiB again and again until the log is so long. */
  private static void lengthenTail(
      StateStore store,
      StateMap<Integer, byte[]> map,
      int entries,
      S3ObjectStore objects,
      long least) {
    while (BucketState.of(objects).tailBytes() < least) {
      for (int put = 0; put < 4 * LargeStateService.PER_MEGABYTE; put++) {
        LargeStateService.put(map, entries - 1 - put);
      }
      store.flush();
    }
  }

  private static void open(String url) {
    long begin = System.nanoTime();
    try (StateStore store = StateStore.open(url)) {
      System.out.println("OPENED " + millisSince(begin));
      StateMap<Integer, byte[]> map = store.map("map", Integer.class, byte[].class);
      requireNonNull(map.get(IN_A_BASE));
      System.out.println("FIRST " + millisSince(begin) + " ms, " + read(store));
      long size = map.size();
      System.out.println("ALL " + millisSince(begin) + " ms, " + read(store) + " of " + size);
    }
  }

  private static long millisSince(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }

  private static String read(StateStore store) {
    StorageUsage usage = requireNonNull(store.status().usage());
    return usage.gets() + " GET, " + usage.lists() + " LIST, " + usage.bytesReceived() + " bytes";
  }
}
