package io.pagurus.benchmarks;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pagurus.Durability;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.internal.engine.CutProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Jdbi;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Pagurus costs beside the bare parts it is made of, all in one run. Ratios count; these
 * machines are noisy.
 */
public final class FirstFigures {
  private static final int HOT = 10_000;
  private static final int ROUNDS = 9;
  private static final LongAdder SINK = new LongAdder();

  /** About 200 bytes as JSON. */
  record Customer(
      String id, String name, String street, String city, long balance, boolean active) {}

  private FirstFigures() {}

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("pagurus-figures");
    try {
      System.out.printf(
          "JDK %s, %d processors%n%n| figure | Pagurus | beside | ratio |%n|---|---|---|---|%n",
          System.getProperty("java.version"), Runtime.getRuntime().availableProcessors());
      String only = args.length == 0 ? "get put cut sync" : args[0];
      if (only.contains("get")) {
        hotGets(directory);
      }
      if (only.contains("put")) {
        asyncPuts();
      }
      if (only.contains("cut")) {
        cut();
      }
      if (only.contains("sync")) {
        syncPuts(directory);
      }
    } finally {
      delete(directory);
    }
  }

  // ---- get and ASYNC put ------------------------------------------------------------------------

  private static final String[] KEYS = new String[HOT];
  private static final Customer[] VALUES = new Customer[HOT];

  static {
    for (int i = 0; i < HOT; i++) {
      KEYS[i] = String.format("customer-%07d", i);
      VALUES[i] =
          new Customer(
              KEYS[i],
              "Ada Lovelace the " + i + "th",
              "Some long street name " + i + ", third floor",
              "A city with a name",
              i * 17L,
              i % 2 == 0);
    }
  }

  private static void hotGets(Path directory) throws Exception {
    try (StateStore store = StateStore.open("jdbc:h2:" + directory.resolve("hot"))) {
      StateMap<String, Customer> map = store.map("customers", String.class, Customer.class);
      Cache<String, Customer> caffeine = Caffeine.newBuilder().maximumSize(HOT * 10L).build();
      for (int i = 0; i < HOT; i++) {
        map.put(KEYS[i], VALUES[i]);
        caffeine.put(KEYS[i], VALUES[i]);
      }
      store.flush();
      Map<String, Double> gets =
          Timing.inTurns(
              ROUNDS,
              2_000_000,
              contestants(
                  n -> {
                    long sum = 0;
                    for (int i = 0; i < n; i++) {
                      sum += requireNonNull(map.get(KEYS[Math.floorMod(i * 7919, HOT)])).balance();
                    }
                    SINK.add(sum);
                  },
                  n -> {
                    long sum = 0;
                    for (int i = 0; i < n; i++) {
                      String key = KEYS[Math.floorMod(i * 7919, HOT)];
                      sum += requireNonNull(caffeine.getIfPresent(key)).balance();
                    }
                    SINK.add(sum);
                  }));
      row("get, hot 10k, immutable record", "bare Caffeine", "ns", gets);
    }
  }

  private static void asyncPuts() throws Exception {
    try (StateStore store = StateStore.open("memory:")) {
      StateMap<String, Customer> map = store.map("customers", String.class, Customer.class);
      ConcurrentHashMap<String, byte[]> plain = new ConcurrentHashMap<>();
      ObjectWriter writer = JsonMapper.shared().writerFor(Customer.class);
      Map<String, Double> puts =
          Timing.inTurns(
              ROUNDS,
              200_000,
              contestants(
                  n -> {
                    for (int i = 0; i < n; i++) {
                      map.put(KEYS[i % HOT], VALUES[i % HOT]);
                    }
                  },
                  n -> {
                    for (int i = 0; i < n; i++) {
                      plain.put(KEYS[i % HOT], writer.writeValueAsBytes(VALUES[i % HOT]));
                    }
                  }));
      row("ASYNC put", "ConcurrentHashMap.put + Jackson", "ns", puts);
    }
  }

  private static Map<String, Timing.Work> contestants(Timing.Work pagurus, Timing.Work beside) {
    Map<String, Timing.Work> both = new LinkedHashMap<>();
    both.put("pagurus", pagurus);
    both.put("beside", beside);
    return both;
  }

  private static void row(String figure, String beside, String unit, Map<String, Double> medians) {
    double mine = requireNonNull(medians.get("pagurus"));
    double other = requireNonNull(medians.get("beside"));
    System.out.printf(
        "| %s | %,.0f %s | %s: %,.0f %s | %.2f |%n",
        figure, mine, unit, beside, other, unit, mine / other);
  }

  // ---- the cut ----------------------------------------------------------------------------------

  private static void cut() {
    CutProbe.medianMicros(10_000); // warm up
    double small = CutProbe.medianMicros(10_000);
    double large = CutProbe.medianMicros(1_000_000);
    System.out.printf(
        "| gate closed for a cut of 1,000 changes, 1 million entries | %.1f us | 10 thousand entries:"
            + " %.1f us | %.2f |%n",
        large, small, large / small);
  }

  // ---- SYNC puts --------------------------------------------------------------------------------

  private static void syncPuts(Path directory) throws Exception {
    for (int threads : new int[] {1, 8, 64}) {
      double mine = 0;
      double other = 0;
      for (int round = 0; round < 3; round++) {
        mine = Math.max(mine, pagurusPuts(directory.resolve("p" + threads + round), threads));
        other = Math.max(other, jdbiPuts(directory.resolve("j" + threads + round), threads));
      }
      System.out.printf(
          "| SYNC puts per second, %d thread(s) | %,.0f | bare Jdbi, one row a commit + CHECKPOINT"
              + " SYNC: %,.0f | %.2f |%n",
          threads, mine, other, mine / other);
    }
  }

  private static double pagurusPuts(Path file, int threads) throws Exception {
    try (StateStore store = StateStore.open("jdbc:h2:" + file)) {
      StateMap<String, String> map =
          store.map("m", String.class, String.class).with(Durability.SYNC);
      return perSecond(threads, i -> map.put("key-" + i, "a value of some length"));
    }
  }

  private static double jdbiPuts(Path file, int threads) throws Exception {
    JdbcConnectionPool pool =
        JdbcConnectionPool.create("jdbc:h2:async:" + file + ";DB_CLOSE_ON_EXIT=FALSE", "sa", "");
    pool.setMaxConnections(threads + 1);
    try {
      Jdbi jdbi = Jdbi.create(pool);
      jdbi.useHandle(
          handle ->
              handle.execute("CREATE TABLE m (k VARBINARY(100) PRIMARY KEY, v VARBINARY(100))"));
      return perSecond(
          threads,
          i ->
              jdbi.useHandle(
                  handle -> {
                    handle.execute(
                        "MERGE INTO m KEY (k) VALUES (?, ?)",
                        ("key-" + i).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        "a value of some length".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    handle.execute("CHECKPOINT SYNC");
                  }));
    } finally {
      pool.dispose();
    }
  }

  private interface Put {
    void run(int i) throws Exception;
  }

  private static double perSecond(int threads, Put put) throws Exception {
    AtomicInteger next = new AtomicInteger();
    run(threads, next, put, 500);
    int before = next.get();
    long begin = System.nanoTime();
    run(threads, next, put, 2000);
    return (next.get() - before) * 1e9 / (System.nanoTime() - begin);
  }

  private static void run(int threads, AtomicInteger next, Put put, int millis) throws Exception {
    CountDownLatch done = new CountDownLatch(threads);
    long until = System.nanoTime() + millis * 1_000_000L;
    for (int t = 0; t < threads; t++) {
      new Thread(
              () -> {
                try {
                  while (System.nanoTime() < until) {
                    put.run(next.getAndIncrement());
                  }
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                } finally {
                  done.countDown();
                }
              })
          .start();
    }
    done.await();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
