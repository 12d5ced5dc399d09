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

  /** How much a restart has to replay, in bytes: shortly before it is compacted. */
  private static final long TAIL = LogSettings.BUCKET.longestTailBytes() * 3 / 4;

  private static final int COMMIT = 4 * LargeStateService.PER_MEGABYTE;

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
      awaitCompaction(store, objects);
      // What a restart replays depends on when the last compaction was: let it be the same here.
      for (int i = 0; BucketState.of(objects).tailBytes() < TAIL; i++) {
        LargeStateService.put(map, entries - 1 - i);
        if (i % COMMIT == COMMIT - 1) {
          store.flush();
        }
      }
      System.out.println("FILLED " + BucketState.of(objects));
    }
  }

  /**
   * Until the log is as short as it is where commits come at the usual pace: a load is faster than
   * compaction.
   */
  private static void awaitCompaction(StateStore store, S3ObjectStore objects) {
    while (BucketState.of(objects).tailBytes() > TAIL) {
      store.counter("waited").increment();
      store.flush();
      LockSupport.parkNanos(1_000_000_000);
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
