package io.pagurus.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.Workers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What is fetched from a bucket before the first read is answered: next to nothing of the bases.
 */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class FirstReadTest {
  private static final int SPACE = 20;
  private static final int FIRST_SPACE = 1;
  private static final int VALUE = 32 << 10;
  private static final int BASE = 1 << 20;
  private static final int IN_TAIL = 4;
  private static final int RANGE = 256 << 10;

  /** What is read of one base: the spaces that the engine reads while it opens are in front. */
  private static final int FRONT = 160 << 10;

  private static final LogSettings SETTINGS =
      new LogSettings(1, 1, BASE, 64 << 20, Duration.ZERO, 2)
          .with(new LogSettings.Restore(0, 8, RANGE, 3));

  /** The owner that reads has threads of its own; the one that fills has not. */
  private static final class Beside implements Workers {
    private final LazyBucket.OnDemand compactor = new LazyBucket.OnDemand();
    private final CountDownLatch heldBack = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean parallel;

    @Override
    public ExecutorService background(String name) {
      return compactor.background(name);
    }

    @Override
    public boolean parallel() {
      return parallel;
    }

    /** Nobody goes on because enough time has passed. */
    @Override
    public long nanoTime() {
      return 1;
    }

    @Override
    public void pause(long nanos) {
      if (Thread.currentThread().getName().endsWith("-restore")) {
        heldBack.countDown();
        await(released);
      } else {
        Workers.super.pause(nanos);
      }
    }
  }

  /**
   * What was read before the first read was answered.
   *
   * @param longestBase how long the longest of the bases is
   */
  private record Cost(int gets, int lists, long bytes, long longestBase) {}

  @Test
  void firstRead_fetchesOneBase_andTheBeginningOfThoseThatHoldWhatTheEngineReads() {
    Cost small = firstRead(8);
    Cost large = firstRead(32);
    System.out.println(small + ", " + large);
    assertThat(large.lists).isEqualTo(small.lists);
    // The base that is read has some ranges more or less.
    assertThat(large.gets).isBetween(small.gets - 2, small.gets + 2);
    assertThat(large.bytes - large.longestBase - FRONT)
        .as("without what is read of bases")
        .isLessThan(
            3 * IN_TAIL * VALUE); // verified before the former owner is disturbed, then replayed
    assertThat(small.bytes - small.longestBase - FRONT).isLessThan(3 * IN_TAIL * VALUE);
  }

  private static Cost firstRead(int bases) {
    AtomicReference<CountingObjectStore> network = new AtomicReference<>();
    Beside workers = new Beside();
    LazyBucket bucket =
        filled(
            bases,
            workers,
            target -> {
              CountingObjectStore counting = new CountingObjectStore(target);
              network.set(counting);
              return counting;
            });
    long longest =
        bucket.objects().list("s/", null, 1_000).stream()
            .mapToLong(ObjectInfo::length)
            .max()
            .orElseThrow();
    BackendOwner owner = bucket.own();
    try {
      await(workers.heldBack);
      CountingObjectStore requests = requireNonNull(network.get());
      int opening = requests.all();
      assertThat(owner.get(FIRST_SPACE, "bean")).isEqualTo("fields");
      assertThat(owner.backend().any(SPACE)).as("a sample of what is there").isNotNull();
      assertThat(requests.all()).as("all that was there already").isEqualTo(opening);
      assertThat(owner.backend().get(SPACE, key(7))).hasSize(VALUE);
      Cost cost =
          new Cost(requests.gets.get(), requests.lists.get(), requests.received.get(), longest);
      workers.released.countDown();
      Awaitility.await().until(() -> owner.backend().recovery().complete());
      assertThat(owner.backend().count(SPACE, List.of())).isEqualTo(entries(bases));
      return cost;
    } finally {
      workers.released.countDown();
      owner.backend().close();
    }
  }

  @Test
  void readOfEverything_isNotTheOnlyOneThatFetches() throws Exception {
    assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
    Beside workers = new Beside();
    AtomicBoolean counting = new AtomicBoolean();
    Set<String> asked = ConcurrentHashMap.newKeySet();
    CountDownLatch two = new CountDownLatch(2);
    LazyBucket bucket =
        filled(
            8,
            workers,
            target ->
                new FaultyObjectStore(target)
                    .plan(
                        (operation, key, step) -> {
                          if (counting.get()
                              && operation == FaultyObjectStore.Operation.GET
                              && key.startsWith("s/")) {
                            if (asked.add(key)) {
                              two.countDown();
                            }
                            await(two);
                          }
                          return FaultyObjectStore.Fault.NONE;
                        }));
    BackendOwner owner = bucket.own();
    try {
      await(workers.heldBack);
      counting.set(true);
      workers.released.countDown();
      assertThat(owner.backend().count(SPACE, List.of())).isEqualTo(entries(8));
    } finally {
      owner.backend().close();
    }
  }

  /** A store with so many bases and some tail, which is opened again by threads of its own. */
  private static LazyBucket filled(int bases, Beside workers, UnaryOperator<ObjectStore> network) {
    LazyBucket bucket = new LazyBucket(SETTINGS, network, workers);
    BackendOwner owner = bucket.own();
    Random random = new Random(bases);
    owner.commit(
        c -> {
          c.put(FIRST_SPACE, "bean", "fields");
          for (int i = 0; i < entries(bases); i++) {
            c.put(SPACE, key(i), value(random));
          }
        });
    workers.compactor.run();
    owner.commit(c -> {}); // takes the compaction over
    workers.compactor.forget();
    owner.commit(
        c -> {
          for (int i = 0; i < IN_TAIL; i++) {
            c.put(SPACE + 1, key(i), value(random)); // of SPACE there is nothing in the tail
          }
        });
    owner.commit(c -> {}); // the newest one is looked at several times
    owner.backend().close();
    assertThat(bucket.objects().list("s/", null, 1_000)).hasSize(bases);
    workers.parallel = true;
    return bucket;
  }

  private static int entries(int bases) {
    return bases * (BASE / VALUE);
  }

  private static byte[] key(int number) {
    return Bytes.utf8("key" + number);
  }

  private static byte[] value(Random random) {
    byte[] value = new byte[VALUE];
    random.nextBytes(value);
    return value;
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody came");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
