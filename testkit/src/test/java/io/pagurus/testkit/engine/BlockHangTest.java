package io.pagurus.testkit.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.pagurus.BeforeCheckpoint;
import io.pagurus.Durability;
import io.pagurus.State;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.Stateful;
import io.pagurus.StoreBusyException;
import io.pagurus.StoreClosedException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.testkit.Threads;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Update blocks that wait for others, for themselves, or never end. */
class BlockHangTest extends HangTest {
  BlockHangTest() {
    super(Storages.remote());
  }

  @Stateful("bean")
  static final class Bean {
    @State int field;
    final transient AtomicInteger hooks = new AtomicInteger();

    @BeforeCheckpoint
    void hook() {
      hooks.incrementAndGet();
    }
  }

  interface Call {
    void on(StateStore store);
  }

  static Stream<Arguments> callsThatWouldWaitForTheBlock() {
    return Map.<String, Call>ofEntries(
            entry("SYNC put", store -> map(store).with(Durability.SYNC).put("k", 1)),
            entry("SYNC remove", store -> map(store).with(Durability.SYNC).remove("k")),
            entry("SYNC putAll", store -> map(store).with(Durability.SYNC).putAll(Map.of("k", 1))),
            entry("SYNC merge", s -> map(s).with(Durability.SYNC).merge("k", 1, Integer::sum)),
            entry("SYNC clear", store -> map(store).with(Durability.SYNC).clear()),
            entry("SYNC view", store -> map(store).with(Durability.SYNC).asMap().put("k", 1)),
            entry("flush", StateStore::flush),
            entry("checkpoint", StateStore::checkpoint),
            entry("labelled checkpoint", store -> store.checkpoint("label")),
            entry("dropCheckpoint", store -> store.dropCheckpoint("any")),
            entry("restore", store -> store.restore("any")),
            entry("bind", store -> store.bind(new Bean())),
            entry("close", StateStore::close))
        .entrySet()
        .stream()
        .map(call -> Arguments.of(call.getKey(), call.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("callsThatWouldWaitForTheBlock")
  void callThatWouldWaitForTheBlock_isRefused_andNamesTheWayOut(String name, Call call) {
    StateStore store = open(settings -> settings.maxWriteWait(LONG).maxFlushWait(LONG));
    store.update(
        () -> {
          map(store).put("kept", 1);
          assertThatThrownBy(() -> call.on(store))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("whenDurable()");
        });
    store.flush();
    assertThat(map(store).asMap()).as("the block goes on").containsOnly(entry("kept", 1));
  }

  /** Locks itself and updates; with two of these in opposite order a dead-lock is easily made. */
  private static final class Monitor {
    private final StateStore store;
    private final String key;

    Monitor(StateStore store, String key) {
      this.store = store;
      this.key = key;
    }

    synchronized void add() {
      store.update(() -> map(store).merge(key, 1, Integer::sum));
    }

    void addBoth(Monitor other) {
      store.update(
          () -> {
            add();
            other.add();
          });
    }
  }

  @Test
  void updateFromSynchronizedMethods_inOppositeOrder_isBusyAtWorst() throws Exception {
    StateStore store = open(settings -> settings.maxWriteWait(java.time.Duration.ofMillis(30)));
    Monitor a = new Monitor(store, "a");
    Monitor b = new Monitor(store, "b");
    AtomicInteger both = new AtomicInteger();
    AtomicInteger single = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(4);
    for (Monitor monitor : List.of(a, b)) {
      Monitor other = monitor == a ? b : a;
      threads.run(
          () -> {
            start.await(10, TimeUnit.SECONDS);
            for (int i = 0; i < 10; i++) {
              if (succeeds(() -> monitor.addBoth(other))) {
                both.incrementAndGet();
              }
            }
          });
      threads.run(
          () -> {
            start.await(10, TimeUnit.SECONDS);
            for (int i = 0; i < 200; i++) {
              if (succeeds(monitor::add)) {
                single.incrementAndGet();
              }
            }
          });
    }
    threads.join();
    a.addBoth(b);
    assertThat(map(store).asMap().values().stream().mapToInt(n -> n).sum())
        .isEqualTo(2 * both.get() + single.get() + 2);
  }

  private static boolean succeeds(Runnable call) {
    try {
      call.run();
      return true;
    } catch (StoreBusyException e) {
      return false;
    }
  }

  @Test
  void innerFailure_caughtAtAnyDepth_doomsTheWholeBlock() {
    StateStore store = open();
    assertThatThrownBy(
            () ->
                store.update(
                    () -> {
                      map(store).put("outer", 1);
                      store.update(
                          () -> {
                            try {
                              store.update(
                                  () -> {
                                    throw new UnsupportedOperationException("innermost");
                                  });
                            } catch (UnsupportedOperationException caught) {
                              map(store).put("after", 1);
                            }
                          });
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("innermost")
        .hasCauseInstanceOf(UnsupportedOperationException.class);
    assertThat(map(store).isEmpty()).isTrue();
    store.update(() -> store.update(() -> map(store).put("next", 1)));
    assertThat(map(store).asMap()).containsOnly(entry("next", 1));
  }

  @Test
  void singleWrite_toATouchedKey_isBusyWithTheStackOfTheBlock_andGoesOnAfterwards()
      throws Exception {
    StateStore store = open();
    Endless block = new Endless(store, () -> map(store).put("touched", 1));
    assertThatThrownBy(() -> map(store).put("touched", 2))
        .isInstanceOf(StoreBusyException.class)
        .hasMessageContaining("Endless");
    assertThatThrownBy(() -> map(store).clear()).isInstanceOf(StoreBusyException.class);
    assertThatThrownBy(() -> map(store).putIfAbsent("touched", 2))
        .isInstanceOf(StoreBusyException.class);
    map(store).put("other", 3);
    block.end();
    map(store).put("touched", 2);
    assertThat(map(store).asMap()).containsOnly(entry("touched", 2), entry("other", 3));
  }

  @Test
  void singleWrite_thatWaitsForABlock_isReleasedByItsEnd() throws Exception {
    StateStore store = open(settings -> settings.maxWriteWait(LONG));
    Endless block = new Endless(store, () -> map(store).put("touched", 1));
    CountDownLatch begun = new CountDownLatch(1);
    Future<Integer> waiting =
        threads.call(
            () -> {
              begun.countDown();
              return map(store).merge("touched", 10, Integer::sum);
            });
    await(begun);
    block.end();
    assertThat(Threads.get(waiting)).isEqualTo(11);
    store.close();
    assertThat(storage.openBackends()).as("closed when close() returns").isZero();
  }

  @Test
  void close_withABlockThatNeverEnds_savesWhatWasCompleted_andClosesTheBlock() throws Exception {
    StateStore store = open(settings -> settings.maxWriteWait(LONG));
    map(store).put("completed", 1);
    AtomicReference<CompletionStage<Void>> durable = new AtomicReference<>();
    Endless block =
        new Endless(
            store,
            () -> {
              map(store).put("never", 2);
              durable.set(store.whenDurable());
            });
    store.close();
    assertThatThrownBy(block::writeAndEnd).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> Threads.get(requireNonNull(durable.get()).toCompletableFuture()))
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(map(open()).asMap()).containsOnly(entry("completed", 1));
  }

  @Test
  void close_withABlockThatEndsInSilence_tellsTheBlock() throws Exception {
    StateStore store = open(settings -> settings.maxWriteWait(LONG));
    Endless block = new Endless(store, () -> map(store).put("never", 2));
    store.close();
    assertThatThrownBy(block::end).isInstanceOf(StoreClosedException.class);
    assertThat(map(open()).isEmpty()).isTrue();
  }

  @Test
  void close_withABlockThatNeverEnds_tellsThoseWhoWaitForIt() throws Exception {
    StateStore store = open(settings -> settings.maxWriteWait(LONG));
    Endless block = new Endless(store, () -> map(store).put("touched", 2));
    Future<?> writer = threads.run(() -> map(store).put("touched", 3));
    Future<?> updater = threads.run(() -> store.update(() -> map(store).put("touched", 4)));
    Future<?> binder = threads.run(() -> store.bind(new Bean()));
    store.close();
    for (Future<?> waiting : List.of(writer, updater, binder)) {
      assertThatThrownBy(() -> Threads.get(waiting)).hasCauseInstanceOf(StoreClosedException.class);
    }
    assertThatThrownBy(block::end).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void close_withABeanAndABlockThatNeverEnds_keepsTheFieldsOfTheLastCommit() throws Exception {
    StateStore store = open(settings -> settings.maxWriteWait(LONG));
    Bean bean = store.bind(new Bean());
    store.update(() -> bean.field = 1);
    store.flush();
    map(store).put("completed", 1);
    Endless block = new Endless(store, () -> bean.field = 2);
    store.close();
    assertThatThrownBy(block::end).isInstanceOf(StoreClosedException.class);
    StateStore again = open();
    assertThat(again.bind(new Bean()).field).isEqualTo(1);
    assertThat(map(again).get("completed")).isEqualTo(1);
  }

  @Test
  void flushAndCheckpoint_withPlainFields_waitForABlockNoLongerThanTheirBound() throws Exception {
    StateStore store = open();
    Bean bean = store.bind(new Bean());
    Endless block = new Endless(store, () -> bean.field = 5);
    map(store).put("free", 1);
    assertThatThrownBy(store::flush)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("Endless");
    assertThatThrownBy(store::checkpoint).isInstanceOf(StoreBusyException.class);
    assertThatThrownBy(() -> store.bind(new Bean())).isInstanceOf(StoreBusyException.class);
    block.end();
    store.flush();
    assertThat(store.checkpoint().label()).isNull();
  }

  /** A block on a thread of its own that ends when it is told to. */
  private final class Endless {
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Future<?> thread;
    private volatile boolean writeAtEnd;

    Endless(StateStore store, Runnable begin) {
      CountDownLatch begun = new CountDownLatch(1);
      StateMap<String, Integer> map = map(store);
      thread =
          threads.run(
              () ->
                  store.update(
                      () -> {
                        begin.run();
                        begun.countDown();
                        await(goOn);
                        if (writeAtEnd) {
                          map.put("late", 1);
                        }
                      }));
      await(begun);
    }

    void end() throws Exception {
      goOn.countDown();
      try {
        Threads.get(thread);
      } catch (java.util.concurrent.ExecutionException e) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
    }

    void writeAndEnd() throws Exception {
      writeAtEnd = true;
      end();
    }
  }
}
