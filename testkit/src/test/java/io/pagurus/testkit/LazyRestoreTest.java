package io.pagurus.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.CorruptStateException;
import io.pagurus.DamagePolicy;
import io.pagurus.Lifecycle;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.Workers;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.Recovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is served while the state is still being fetched. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class LazyRestoreTest {
  private static final int ENTRIES = 400;
  private static final int SPACE = 20;

  private final LazyBucket.OnDemand later = new LazyBucket.OnDemand();
  private final Set<String> segmentsRead = new HashSet<>();
  private final List<BackendOwner> opened = new ArrayList<>();
  private volatile FaultyObjectStore.Plan faults = FaultyObjectStore.Plan.NONE;
  private LazyBucket bucket = bucket(later);

  /** How many keys are looked up in a base before all of it is fetched. */
  int lookUps() {
    return 0;
  }

  private LazyBucket bucket(Workers workers) {
    LogSettings.Restore restore = new LogSettings.Restore(0, 3, 700, 0, lookUps());
    return new LazyBucket(LazyBucket.SETTINGS.with(restore), this::network, workers);
  }

  private ObjectStore network(ObjectStore target) {
    return new FaultyObjectStore(target)
        .plan(
            (operation, key, step) -> {
              if (operation == FaultyObjectStore.Operation.GET && key.startsWith("s/")) {
                synchronized (segmentsRead) {
                  segmentsRead.add(key);
                }
              }
              return faults.next(operation, key, step);
            });
  }

  private BackendOwner open() {
    BackendOwner owner = bucket.own();
    opened.add(owner);
    return owner;
  }

  /** A store whose entries are in many bases. */
  private BackendOwner filledAndReopened() {
    BackendOwner owner = open();
    owner.commit(
        c -> {
          for (int i = 0; i < ENTRIES; i++) {
            c.put(SPACE, "key" + i, "value" + i);
          }
          c.put(SPACE + 1, "other", "space");
        });
    for (int i = 0; i < 4; i++) { // compacted behind one commit, adopted by the next
      later.run();
      owner.commit(c -> {});
    }
    assertThat(segments().size()).isGreaterThan(8);
    return reopened(owner);
  }

  private BackendOwner reopened(BackendOwner owner) {
    later.forget();
    owner.backend().close();
    segmentsRead.clear();
    return open();
  }

  private List<String> segments() {
    return bucket.objects().list("s/", null, 10_000).stream().map(ObjectInfo::key).toList();
  }

  @AfterEach
  void closeAll() {
    faults = FaultyObjectStore.Plan.NONE;
    opened.forEach(owner -> owner.backend().close());
  }

  // ---- who fetches what -------------------------------------------------------------------------

  @Test
  void get_fetchesItsPartitionOnly() {
    BackendOwner owner = filledAndReopened();
    assertThat(segmentsRead).as("read by opening").isEmpty();
    assertThat(owner.backend().readsMayWait()).isTrue();
    assertThat(owner.get(SPACE, "key7")).isEqualTo("value7");
    assertThat(segmentsRead).hasSize(1);
    assertThat(owner.get(SPACE, "key7")).isEqualTo("value7");
    assertThat(segmentsRead).hasSize(1);
  }

  @Test
  void writes_fetchNothing() {
    BackendOwner owner = filledAndReopened();
    owner.commit(c -> c.put(SPACE, "key1", "new").put(SPACE, "fresh", "new"));
    owner.commit(c -> c.remove(SPACE, "key2").remove(SPACE, "never"));
    assertThat(owner.get(SPACE, "key1")).isEqualTo("new");
    assertThat(owner.get(SPACE, "fresh")).isEqualTo("new");
    assertThat(owner.get(SPACE, "key2")).isNull();
    owner.commit(c -> c.clear(SPACE).put(SPACE, "behind", "the clear"));
    assertThat(owner.get(SPACE, "key3")).isNull();
    assertThat(owner.dump(SPACE)).hasSize(1);
    assertThat(owner.backend().count(SPACE, List.of())).isEqualTo(1);
    assertThat(segmentsRead).isEmpty();
    assertThat(owner.get(SPACE + 1, "other")).isEqualTo("space");
  }

  @Test
  void scanAndCount_fetchAll() {
    BackendOwner owner = filledAndReopened();
    owner.commit(c -> c.remove(SPACE, "key2").put(SPACE, "key1", "new").put(SPACE, "fresh", "new"));
    assertThat(owner.backend().count(SPACE, List.of())).isEqualTo(ENTRIES);
    assertThat(owner.dump(SPACE)).hasSize(ENTRIES);
    assertThat(owner.get(SPACE, "key1")).isEqualTo("new");
    assertThat(owner.get(SPACE, "key2")).isNull();
    assertThat(owner.backend().readsMayWait()).isFalse();
  }

  @Test
  void background_fetchesTheRestAndReports() {
    BackendOwner owner = filledAndReopened();
    Recovery before = owner.backend().recovery();
    assertThat(before.complete()).isFalse();
    assertThat(before.firstReadAfter()).isNull();
    assertThat(owner.get(SPACE, "key7")).isEqualTo("value7");
    Duration firstRead = owner.backend().recovery().firstReadAfter();
    assertThat(firstRead).isNotNull();
    later.run();
    Recovery after = owner.backend().recovery();
    assertThat(after.complete()).isTrue();
    assertThat(after.firstReadAfter()).isEqualTo(firstRead);
    assertThat(after.completeAfter()).isGreaterThanOrEqualTo(requireNonNull(firstRead));
    assertThat(after.bytesRead()).isGreaterThan(before.bytesRead());
    int read = segmentsRead.size();
    assertThat(owner.dump(SPACE)).hasSize(ENTRIES);
    assertThat(segmentsRead).hasSize(read);
  }

  @Test
  void entries_areCountedExactlyWhenComplete() {
    BackendOwner owner = filledAndReopened();
    owner.commit(c -> c.put(SPACE, "key1", "new").put(SPACE, "fresh", "new"));
    assertThat(owner.backend().inspect().entries()).as("not known yet").isEqualTo(-1);
    owner.backend().scan(SPACE, new byte[0], null, 1);
    owner.commit(c -> c.remove(SPACE, "key1"));
    assertThat(reopened(owner).acquired().entries()).isEqualTo(ENTRIES + 1);
  }

  @Test
  void anyHistory_showsWhatAnEagerOneShows() {
    RandomSeed.run(20, this::anyHistory);
  }

  private void anyHistory(Random random) {
    bucket = bucket(later);
    later.forget();
    BackendOwner owner = open();
    Map<String, String> model = new HashMap<>();
    Map<String, Map<String, String>> checkpoints = new HashMap<>();
    for (int step = 0; step < 150; step++) {
      switch (random.nextInt(12)) {
        case 0 -> later.run();
        case 1 -> owner = reopened(owner);
        case 2 -> {
          owner.commit(c -> c.clear(SPACE));
          model.clear();
        }
        case 3 -> assertThat(owner.dump(SPACE)).hasSize(model.size());
        case 4 -> {
          String id = "c" + step;
          owner.commit(c -> c.checkpoint(id, null));
          checkpoints.put(id, new HashMap<>(model));
        }
        case 5 -> {
          if (!checkpoints.isEmpty()) {
            List<String> ids = checkpoints.keySet().stream().sorted().toList();
            String id = ids.get(random.nextInt(ids.size()));
            String undo = "u" + step;
            checkpoints.put(undo, new HashMap<>(model));
            owner.commit(c -> c.restore(id, undo));
            model.clear();
            model.putAll(checkpoints.get(id));
          }
        }
        default -> {
          int changes = 1 + random.nextInt(30);
          Map<String, String> change = new HashMap<>();
          for (int i = 0; i < changes; i++) {
            change.put("k" + random.nextInt(200), random.nextInt(3) == 0 ? "" : "v" + step);
          }
          owner.commit(
              c ->
                  change.forEach(
                      (k, v) -> {
                        if (v.isEmpty()) {
                          c.remove(SPACE, k);
                        } else {
                          c.put(SPACE, k, v);
                        }
                      }));
          change.forEach(
              (k, v) -> {
                if (v.isEmpty()) {
                  model.remove(k);
                } else {
                  model.put(k, v);
                }
              });
        }
      }
      String key = "k" + random.nextInt(200);
      assertThat(owner.get(SPACE, key)).as(key).isEqualTo(model.get(key));
    }
    assertThat(owner.backend().count(SPACE, List.of())).isEqualTo(model.size());
  }

  // ---- what goes wrong --------------------------------------------------------------------------

  @Test
  void get_whileTheStorageIsAway_failsAndSucceedsLater() {
    BackendOwner owner = filledAndReopened();
    faults = (operation, key, step) -> FaultyObjectStore.Fault.UNAVAILABLE;
    assertThatThrownBy(() -> owner.get(SPACE, "key7"))
        .isInstanceOf(StoreUnavailableException.class);
    faults = FaultyObjectStore.Plan.NONE;
    assertThat(owner.get(SPACE, "key7")).isEqualTo("value7");
  }

  @Test
  void get_ofABadRead_readsAgain() {
    BackendOwner owner = filledAndReopened();
    faults = FaultyObjectStore.Plan.reads(FaultyObjectStore.Fault.GARBLE);
    assertThat(owner.get(SPACE, "key7")).isEqualTo("value7");
    assertThat(owner.backend().recovery().damage()).isNull();
  }

  private String damageWhatHolds(BackendOwner owner, String key) {
    segmentsRead.clear();
    owner.get(SPACE, key);
    return segmentsRead.iterator().next();
  }

  @Test
  void lateDamage_isReportedExactlyAndEndsCommitting() {
    BackendOwner first = filledAndReopened();
    String holds7 = damageWhatHolds(first, "key7");
    BackendOwner owner = reopened(first);
    owner.commit(c -> c.put(SPACE, "before", "it was found"));
    int objects = bucket.objects().list("s/", null, 10_000).size();
    new FaultyObjectStore(bucket.objects()).flip(holds7, 8 * 200);
    assertThatThrownBy(() -> owner.get(SPACE, "key7"))
        .isInstanceOfSatisfying(
            CorruptStateException.class,
            e ->
                assertThat(requireNonNull(e.report()).findings())
                    .singleElement()
                    .satisfies(
                        finding -> {
                          assertThat(finding.object()).isEqualTo(holds7);
                          assertThat(finding.entries()).isPositive();
                        }));
    assertThatThrownBy(() -> owner.dump(SPACE)).isInstanceOf(CorruptStateException.class);
    String served = null;
    for (int i = 0; i < ENTRIES && served == null; i++) {
      try {
        served = owner.get(SPACE, "key" + i);
      } catch (CorruptStateException e) {
        served = null; // in the same base
      }
    }
    assertThat(served).as("a value of another base").isNotNull();
    assertThat(owner.send(owner.draft(c -> c.put(SPACE, "key7", "over it"))))
        .isInstanceOfSatisfying(
            CommitResult.Rejected.class,
            no -> assertThat(no.cause()).isInstanceOf(CorruptStateException.class));
    later.run();
    Recovery recovery = owner.backend().recovery();
    assertThat(recovery.complete()).isFalse();
    assertThat(requireNonNull(recovery.damage()).findings()).hasSize(1);
    assertThat(bucket.objects().list("s/", null, 10_000).size())
        .as("nothing is deleted that an older state needs")
        .isGreaterThanOrEqualTo(objects);
  }

  @Test
  void missingBase_isFoundByOpening() {
    BackendOwner owner = filledAndReopened();
    String gone = damageWhatHolds(owner, "key7");
    later.forget();
    owner.backend().close();
    bucket.objects().delete(gone);
    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining(gone);
  }

  @Test
  void otherPolicies_verifyEverythingFirst() {
    BackendOwner owner = filledAndReopened();
    later.forget();
    owner.backend().close();
    BackendOwner good = bucket.own(DamagePolicy.LAST_GOOD);
    opened.add(good);
    assertThat(good.backend().readsMayWait()).isFalse();
    assertThat(good.backend().recovery().complete()).isTrue();
  }

  @Test
  void nothingIsDeletedBeforeAllIsThere() {
    BackendOwner owner = filledAndReopened();
    List<String> before = segments();
    for (int i = 0; i < 30; i++) {
      int n = i;
      owner.commit(c -> c.put(SPACE, "key" + n, "again"));
      // The compactor works, the restore does not.
    }
    assertThat(segments()).containsAll(before);
  }

  @Test
  void restoreToACheckpoint_whileFetching_dropsWhatArrivesLate() throws Exception {
    bucket = bucket(Workers.THREADS);
    BackendOwner first = open();
    first.commit(c -> c.put(SPACE, "key", "old").put(SPACE, "gone", "later").checkpoint("c", null));
    for (int i = 0; i < 50; i++) {
      int n = i;
      first.commit(c -> c.put(SPACE, "key", "new" + n).put(SPACE, "more" + n, "x".repeat(40)));
    }
    Awaitility.await()
        .until(
            () -> {
              first.commit(c -> c.put(SPACE, "key", "newest"));
              return segments().size() > 4;
            });
    first.backend().close();
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicReference<String> held = new AtomicReference<>();
    faults =
        (operation, key, step) -> {
          if (operation == FaultyObjectStore.Operation.GET
              && key.startsWith("s/")
              && Thread.currentThread().getName().endsWith("-ranges")
              && held.compareAndSet(null, key)) {
            arrived.countDown();
            await(release);
          }
          return FaultyObjectStore.Fault.NONE;
        };
    BackendOwner owner = open();
    await(arrived);
    owner.commit(c -> c.restore("c", "undo"));
    assertThat(owner.get(SPACE, "key")).isEqualTo("old");
    release.countDown();
    Awaitility.await().until(() -> owner.backend().recovery().complete());
    assertThat(owner.backend().readsMayWait()).isFalse();
    assertThat(owner.get(SPACE, "key")).isEqualTo("old");
    assertThat(owner.dump(SPACE)).hasSize(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("it never came");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- a whole store ----------------------------------------------------------------------------

  @Test
  void store_withLateDamage_saysSoAndCommitsNoMore() {
    bucket =
        new LazyBucket(
            LazyBucket.SETTINGS.with(new LogSettings.Restore(0, 2, 700, 2)),
            this::network,
            Workers.THREADS);
    try (StateStore store =
        StateStore.builder().backend(bucket).lifecycle(Lifecycle.EXTERNAL).open()) {
      StateMap<String, String> map = store.map("map", String.class, String.class);
      for (int i = 0; i < 300; i++) {
        map.put("key" + i, "value".repeat(20) + i);
      }
      store.flush();
      Awaitility.await()
          .until(
              () -> {
                map.put("again", "x" + System.nanoTime());
                store.flush();
                return segments().size() > 8;
              });
    }
    CountDownLatch release = new CountDownLatch(1);
    faults =
        (operation, key, step) -> {
          if (operation == FaultyObjectStore.Operation.GET
              && Thread.currentThread().getName().endsWith("-ranges")) {
            await(release);
          }
          return FaultyObjectStore.Fault.NONE;
        };
    StateStore store = StateStore.builder().backend(bucket).lifecycle(Lifecycle.EXTERNAL).open();
    try {
      assertThat(store.status().restore().complete()).isFalse();
      StateMap<String, String> map = store.map("map", String.class, String.class);
      map.put("written", "at once");
      store.flush();
      assertThat(map.get("written")).isEqualTo("at once");
      FaultyObjectStore damaging = new FaultyObjectStore(bucket.objects());
      for (String segment : segments()) {
        byte[] bytes = damaging.content(segment);
        damaging.flip(segment, 8L * (bytes.length - 30));
      }
      release.countDown();
      Awaitility.await().until(() -> store.status().restore().damage() != null);
      assertThatThrownBy(map::size).isInstanceOf(CorruptStateException.class);
      map.put("behind", "the damage");
      assertThatThrownBy(store::flush).hasMessageContaining("fails its checksum");
      assertThat(store.status().state()).isEqualTo(StoreState.FAILED);
      assertThat(store.status().problem()).contains("s/");
    } finally {
      try {
        store.close();
      } catch (StoreUnavailableException unsaved) {
        assertThat(unsaved).hasMessageContaining("could not be saved");
      }
    }
  }

  @Test
  void store_readsBeansAndNamesBeforeAnyBaseIsComplete() {
    bucket =
        new LazyBucket(
            LazyBucket.SETTINGS.with(new LogSettings.Restore(0, 2, 700, 2)),
            this::network,
            Workers.THREADS);
    try (StateStore store =
        StateStore.builder().backend(bucket).lifecycle(Lifecycle.EXTERNAL).open()) {
      store.counter("counter").add(41);
      store.map("map", String.class, String.class).put("key", "value");
      for (int i = 0; i < 10; i++) {
        store.counter("counter").add(1);
        store.flush();
      }
    }
    try (StateStore store =
        StateStore.builder().backend(bucket).lifecycle(Lifecycle.EXTERNAL).open()) {
      assertThat(store.counter("counter").get()).isEqualTo(51);
      assertThat(store.map("map", String.class, String.class).get("key")).isEqualTo("value");
      Awaitility.await().until(() -> store.status().restore().complete());
      assertThat(store.status().restore().completeAfter()).isNotNull();
      assertThat(store.status().restore().firstReadAfter()).isNotNull();
    }
  }
}
