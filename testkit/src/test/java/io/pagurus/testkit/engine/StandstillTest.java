package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.CommitUnknownException;
import io.pagurus.Durability;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StoreClosedException;
import io.pagurus.StoreFailedException;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import io.pagurus.testkit.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Storage that stands still, and interrupts: every wait ends, and the store works afterwards. */
class StandstillTest extends HangTest {
  StandstillTest() {
    super(Storages.remote());
  }

  @Test
  void fullPendingBuffer_isUnavailable_writesNothing_andRecovers() {
    StateStore store = open(settings -> settings.maxPendingBytes(2_000));
    StateMap<String, Integer> map = map(store);
    storage.haltCommits();
    int taken = fill(map);
    String refused = "k" + taken;
    assertThatThrownBy(() -> map.put(refused, 1))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("maxPendingBytes")
        .hasMessageContaining("Nothing was written");
    assertThatThrownBy(() -> map.merge(refused, 1, Integer::sum))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(map::clear).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> store.update(() -> map.put(refused, 1)))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(map.size()).isEqualTo(taken);
    assertThat(map.get(refused)).isNull();
    storage.goOn();
    map.put(refused, 2);
    store.flush();
    assertThat(map.size()).isEqualTo(taken + 1);
    assertThat(store.status().state()).isEqualTo(StoreState.OPEN);
    assertThat(store.status().pendingBytes()).isZero();
  }

  /** Puts until there is no room; returns how many were taken. */
  private static int fill(StateMap<String, Integer> map) {
    for (int i = 0; i < 1_000; i++) {
      try {
        map.put("k" + i, i);
      } catch (StoreUnavailableException e) {
        return i;
      }
    }
    throw new AssertionError("there was always room");
  }

  @Test
  void writersThatWaitForRoom_goOnWhenStorageDoes() throws Exception {
    StateStore store = open(settings -> settings.maxPendingBytes(2_000).maxWriteWait(LONG));
    StateMap<String, Integer> map = map(store);
    storage.haltCommits();
    List<Future<?>> writers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int self = t;
      writers.add(
          threads.run(
              () -> {
                for (int i = 0; i < 100; i++) {
                  map.put(self + "-" + i, i);
                }
              }));
    }
    storage.awaitHaltedCommit();
    storage.goOn();
    for (Future<?> writer : writers) {
      Threads.get(writer);
    }
    assertThat(map.size()).isEqualTo(400);
  }

  @Test
  void writersThatWaitForRoom_doNotDependOnThoseWhoFilledItAgain() throws Exception {
    StateStore store = open(settings -> settings.maxPendingBytes(2_000).maxWriteWait(LONG));
    StateMap<String, String> map = store.map("big", String.class, String.class);
    String big = "x".repeat(3_000);
    for (int round = 0; round < 50; round++) {
      storage.haltCommits();
      map.put("first", big);
      store.whenDurable();
      storage.awaitHaltedCommit();
      List<Future<?>> writers = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        String key = "k" + t;
        writers.add(threads.run(() -> map.put(key, big)));
      }
      storage.goOn();
      for (Future<?> writer : writers) {
        Threads.get(writer);
      }
      store.flush();
    }
  }

  @Test
  void writersThatWaitForRoom_areToldOfTheClose() throws Exception {
    StateStore store = open(settings -> settings.maxPendingBytes(2_000).maxWriteWait(LONG));
    StateMap<String, Integer> map = map(store);
    storage.haltCommits();
    Future<?> writer =
        threads.run(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                map.put("k" + i, i);
              }
            });
    storage.awaitHaltedCommit();
    assertThatThrownBy(store::close).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> Threads.get(writer)).hasCauseInstanceOf(StoreClosedException.class);
  }

  @Test
  void flushAndSyncWrite_giveUp_andTheChangeStays() {
    StateStore store = open();
    StateMap<String, Integer> map = map(store);
    storage.haltCommits();
    assertThatThrownBy(() -> map.with(Durability.SYNC).put("sync", 1))
        .isInstanceOf(StoreUnavailableException.class)
        .isNotInstanceOf(CommitUnknownException.class)
        .hasMessageContaining("stays pending");
    assertThatThrownBy(store::flush).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(store::checkpoint).isInstanceOf(StoreUnavailableException.class);
    assertThat(map.get("sync")).isEqualTo(1);
    storage.goOn();
    store.flush();
    assertThat(store.status().pendingBytes()).isZero();
  }

  @Test
  void close_onStorageThatStandsStill_endsAndReports() {
    StateStore store = open();
    storage.haltCommits();
    map(store).put("k", 1);
    CompletionStage<Void> durable = store.whenDurable();
    assertThatThrownBy(store::close)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("could not be saved");
    assertThatThrownBy(() -> Threads.get(durable.toCompletableFuture()))
        .isInstanceOf(ExecutionException.class);
    assertThat(store.status().state()).isEqualTo(StoreState.CLOSED);
    store.close();
  }

  @Test
  void close_byAnInterruptedThread_saves_andKeepsTheFlag() {
    StateStore store = open();
    map(store).put("k", 1);
    Thread.currentThread().interrupt();
    store.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(map(open()).get("k")).isEqualTo(1);
  }

  @Test
  void close_byManyThreadsAndACallback_endsForAll() throws Exception {
    StateStore store = open();
    map(store).put("k", 1);
    Future<?> callback = store.whenDurable().thenRun(store::close).toCompletableFuture();
    List<Future<?>> closers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      closers.add(threads.run(store::close));
    }
    Threads.get(callback);
    for (Future<?> closer : closers) {
      Threads.get(closer);
    }
    assertThat(map(open()).get("k")).isEqualTo(1);
  }

  @Test
  void whenDurableCallback_mayFlushPutAndUpdate() throws Exception {
    StateStore store = open(settings -> settings.maxFlushWait(LONG));
    StateMap<String, Integer> map = map(store);
    List<Future<?>> stages = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String key = "k" + i;
      map.put(key, 1);
      stages.add(
          store
              .whenDurable()
              .thenRun(
                  () -> {
                    map.put(key, 2);
                    store.flush();
                    store.update(() -> map.merge(key, 1, Integer::sum));
                    map.with(Durability.SYNC).put("sync-" + key, 1);
                    store.checkpoint();
                  })
              .toCompletableFuture());
    }
    for (Future<?> stage : stages) {
      Threads.get(stage);
    }
    assertThat(map.asMap().values().stream().mapToInt(n -> n).sum()).isEqualTo(50 * 4);
  }

  @Test
  void manyReaders_ofStorageThatStandsStill_areAllUnavailable() throws Exception {
    StateStore store = open();
    map(store).put("k", 1);
    store.flush();
    storage.haltReads();
    List<Future<?>> readers = new ArrayList<>();
    for (int t = 0; t < 40; t++) {
      String key = "absent-" + t;
      readers.add(threads.run(() -> map(store).get(key)));
    }
    for (Future<?> reader : readers) {
      assertThatThrownBy(() -> Threads.get(reader))
          .hasCauseInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("maxReadWait");
    }
    assertThatThrownBy(() -> map(store).size()).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> map(store).merge("other", 1, Integer::sum))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(map(store).get("k")).as("served by the near cache").isEqualTo(1);
    map(store).put("blind", 1);
    store.flush();
    storage.goOn();
    assertThat(map(store).get("absent-1")).isNull();
    assertThat(map(store).size()).isEqualTo(2);
  }

  @Test
  void readerThatIsInterrupted_isUnavailable_keepsItsFlag_andTheStoreWorks() throws Exception {
    StateStore store = open(settings -> settings.maxReadWait(LONG));
    storage.haltReads();
    AtomicBoolean flag = new AtomicBoolean();
    Thread reader =
        new Thread(
            () -> {
              try {
                map(store).get("absent");
              } catch (StoreUnavailableException e) {
                flag.set(Thread.currentThread().isInterrupted());
              }
            });
    reader.start();
    storage.awaitHaltedRead();
    reader.interrupt();
    reader.join();
    assertThat(flag).as("typed, with the flag kept").isTrue();
    storage.goOn();
    map(store).put("k", 1);
    store.flush();
    assertThat(map(store).get("absent")).isNull();
  }

  @Test
  void writerThatIsInterrupted_isToldWhatBecameOfItsChange() {
    StateStore store = open(settings -> settings.maxFlushWait(LONG).maxWriteWait(LONG));
    storage.haltCommits();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> map(store).with(Durability.SYNC).put("k", 1))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("stays pending");
    assertThat(Thread.interrupted()).isTrue();
    storage.goOn();
    store.flush();
    assertThat(map(store).get("k")).isEqualTo(1);
  }

  @Test
  void readersAndWriters_besideAClose_getTypedErrorsOnly() throws Exception {
    for (int round = 0; round < 20; round++) {
      StateStore store = open(settings -> settings.cacheBytes(200));
      StateMap<String, Integer> map = map(store);
      for (int i = 0; i < 20; i++) {
        map.put("k" + i, i);
      }
      store.flush();
      List<Future<?>> users = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int self = t;
        users.add(
            threads.run(
                () -> {
                  for (int i = 0; ; i++) {
                    switch (self) {
                      case 0 -> map.get("k" + i % 20);
                      case 1 -> map.put("k" + i % 20, i);
                      case 2 -> store.update(() -> map.merge("sum", 1, Integer::sum));
                      default -> assertThat(map.asMap().values()).doesNotContainNull();
                    }
                  }
                }));
      }
      store.close();
      for (Future<?> user : users) {
        assertThatThrownBy(() -> Threads.get(user)).hasCauseInstanceOf(StoreClosedException.class);
      }
    }
  }

  @Test
  void whenDurable_besideAClose_isAlwaysAnswered() throws Exception {
    for (int round = 0; round < 50; round++) {
      StateStore store = open();
      List<CompletionStage<Void>> stages = new ArrayList<>();
      Future<?> user =
          threads.run(
              () -> {
                for (int i = 0; ; i++) {
                  map(store).put("k", i);
                  stages.add(store.whenDurable());
                }
              });
      store.close();
      assertThatThrownBy(() -> Threads.get(user)).hasCauseInstanceOf(StoreClosedException.class);
      for (CompletionStage<Void> stage : stages) {
        Threads.get(stage.toCompletableFuture());
      }
    }
  }

  @Test
  void whenDurable_thousandsAtOnce_takeFewThreads() throws Exception {
    StateStore store = open(settings -> settings.maxFlushWait(LONG));
    List<CompletionStage<Void>> stages = new ArrayList<>();
    store.update(
        () -> {
          for (int i = 0; i < 20_000; i++) {
            map(store).put("k", i);
            stages.add(store.whenDurable());
          }
        });
    long most = 0;
    for (CompletionStage<Void> stage : stages) {
      Threads.get(stage.toCompletableFuture());
      most = Math.max(most, callbackThreads());
    }
    assertThat(most).isLessThan(50);
  }

  private static long callbackThreads() {
    Thread[] threads = new Thread[10_000];
    int count = Thread.enumerate(threads);
    return Arrays.stream(threads, 0, count)
        .filter(thread -> thread.getName().contains("-callback-"))
        .count();
  }

  @Test
  void whenDurableCallbacks_thatWaitForEachOther_allEnd() throws Exception {
    StateStore store = open(settings -> settings.maxFlushWait(LONG));
    CountDownLatch all = new CountDownLatch(20);
    List<Future<?>> stages = new ArrayList<>();
    store.update(
        () -> {
          map(store).put("k", 1);
          for (int i = 0; i < 20; i++) {
            stages.add(
                store
                    .whenDurable()
                    .thenRun(
                        () -> {
                          all.countDown();
                          await(all);
                        })
                    .toCompletableFuture());
          }
        });
    for (Future<?> stage : stages) {
      Threads.get(stage);
    }
  }

  @Test
  void committerThatDies_isFailed_andReadsGoOn() {
    StateStore store = open(settings -> settings.maxFlushWait(LONG));
    map(store).put("k", 1);
    storage.beforeCommit(
        commit -> {
          throw new AssertionError("an error of the virtual machine");
        });
    assertThatThrownBy(store::flush).isInstanceOf(StoreFailedException.class);
    storage.beforeCommit(commit -> {});
    assertThat(store.status().state()).isEqualTo(StoreState.FAILED);
    assertThat(map(store).get("k")).isEqualTo(1);
    assertThat(map(store).get("absent")).isNull();
    assertThatThrownBy(() -> map(store).put("k", 2)).isInstanceOf(StoreFailedException.class);
    assertThatThrownBy(store::close).isInstanceOf(StoreUnavailableException.class);
  }
}
