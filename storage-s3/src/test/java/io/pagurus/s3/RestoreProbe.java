package io.pagurus.s3;

import static java.util.Objects.requireNonNull;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StorageUsage;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.ObjectInfo;
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
 *   <li>{@code fill URL MEGABYTES}: fills a store.
 *   <li>{@code open URL}: opens it and reads. Says {@code FIRST n} and {@code ALL n} in ms.
 * </ul>
 */
final class RestoreProbe {
  static final int SEGMENT = 64 << 20;

  private static final int ROUNDS = 3;
  private static final int LOADERS = 4;

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
    try (StateStore store = StateStore.open(url)) {
      StateMap<Integer, byte[]> map = store.map("map", Integer.class, byte[].class);
      LargeStateService.fill(store, map, megabytes * LargeStateService.PER_MEGABYTE);
      awaitCompaction(store, url, (long) megabytes << 20);
    }
  }

  /** Until most of it is in segments, as it is where commits come at the usual pace. */
  private static void awaitCompaction(StateStore store, String url, long bytes) {
    try (S3ObjectStore objects = S3Server.open(url, store.name())) {
      for (int i = 0; ; i++) {
        store.counter("waited").increment();
        store.flush();
        long inSegments =
            objects.list("s/", null, 1_000).stream().mapToLong(ObjectInfo::length).sum();
        if (inSegments >= bytes - (LogSettings.BUCKET.longestTailBytes() * 3 / 2)) {
          System.out.println("COMPACTED after " + i + " commits: " + inSegments + " bytes");
          return;
        }
        LockSupport.parkNanos(200_000_000);
      }
    }
  }

  private static void open(String url) {
    long begin = System.nanoTime();
    try (StateStore store = StateStore.open(url)) {
      System.out.println("OPENED " + (System.nanoTime() - begin) / 1_000_000);
      StateMap<Integer, byte[]> map = store.map("map", Integer.class, byte[].class);
      requireNonNull(map.get(1));
      System.out.println("FIRST " + (System.nanoTime() - begin) / 1_000_000);
      long size = map.size();
      System.out.println("ALL " + (System.nanoTime() - begin) / 1_000_000 + " of " + size);
      StorageUsage usage = requireNonNull(store.status().usage());
      System.out.println("USAGE " + usage);
    }
  }
}
