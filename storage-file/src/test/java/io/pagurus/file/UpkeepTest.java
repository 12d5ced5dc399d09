package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.Peek;
import io.pagurus.internal.log.Piece;
import io.pagurus.internal.log.Range;
import io.pagurus.internal.log.SegmentRef;
import io.pagurus.internal.log.Workers;
import io.pagurus.spi.CommitResult;
import io.pagurus.testkit.BackendOwner;
import io.pagurus.testkit.FaultyObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an owner does beside committing: the log gets short again, and what nothing needs goes. */
class UpkeepTest {
  @TempDir Path directory;
  private final Random random = new Random(3);

  private String noise(int bytes) {
    byte[] noise = new byte[bytes];
    random.nextBytes(noise);
    return HexFormat.of().formatHex(noise);
  }

  /** Overwrites one entry until {@code done}, at most 2,000 times. */
  private void commitUntil(BackendOwner owner, BooleanSupplier done) throws InterruptedException {
    for (int i = 0; !done.getAsBoolean(); i++) {
      assertThat(i).as("commits").isLessThan(2_000);
      String value = noise(100);
      owner.commit(draft -> draft.put(2, "again", value));
      Thread.sleep(1); // the compactor has no other way to say that it is done
    }
  }

  private void fill(BackendOwner owner, int space, int entries, int bytes) {
    for (int i = 0; i < entries; i += 20) {
      int from = i;
      owner.commit(
          draft -> {
            for (int k = from; k < from + 20; k++) {
              draft.put(space, "key" + k, noise(bytes));
            }
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void endlessOverwriting_staysSmall(TinyStore.Form form) {
    TinyStore store = new TinyStore(directory.resolve("s"), form);
    BackendOwner owner = store.open();
    long most = 0;
    long payload = 0;
    for (int i = 0; i < 3_000; i++) {
      String key = "key" + i % 20;
      String value = noise(50);
      payload += key.length() + value.length();
      owner.commit(draft -> draft.put(0, key, value)); // as fast as it goes: a compaction slows it
      if (i % 100 == 99) {
        most = Math.max(most, store.bytes());
      }
    }
    long log = form == TinyStore.Form.APPEND ? 3_000 * 300L : 3_000 * 500L;
    System.out.printf(
        "%s: %d bytes of entries, %d written, at most %d on disk, %d segments at the end%n",
        form, payload, store.written.get(), most, store.segments());
    // How far behind the compactor is depends on the machine; that commits wait for it does not.
    assertThat(most).as("on disk").isLessThan(log / 2);
    assertThat(TinyStore.dump(owner.backend()).get(0)).hasSize(20);
    owner.backend().close();
  }

  /** With sizes in the proportions of the defaults, where a frame is much longer than its frame. */
  @Test
  void writeAmplification_isAtMostSix() throws Exception {
    LogSettings settings =
        new LogSettings(256 << 10, 1 << 20, 512 << 10, 1 << 20, Duration.ZERO, 8);
    TinyStore store = appending(settings);
    BackendOwner owner = store.open();
    fill(owner, 0, 8_000, 250);
    long before = store.written.get();
    long payload = 0;
    for (int i = 0; i < 3_000; i++) {
      List<String> keys = new ArrayList<>();
      for (int k = 0; k < 10; k++) {
        keys.add("key" + random.nextInt(8_000));
      }
      Set<String> distinct = Set.copyOf(keys);
      payload += distinct.size() * (250 + 10L); // noise in hexadecimal shrinks by half
      owner.commit(draft -> distinct.forEach(key -> draft.put(0, key, noise(250))));
    }
    double amplification = (double) (store.written.get() - before) / payload;
    System.out.printf(
        "amplification %.2f (against entries as they shrink), %d bytes on disk, %s%n",
        amplification, store.bytes(), store.peek().partitions());
    assertThat(amplification).isLessThan(6);
    owner.backend().close();
  }

  @ParameterizedTest
  @EnumSource
  void log_isTakenIntoPartitions_andOnlyDirtyOnesAreRewritten(TinyStore.Form form)
      throws Exception {
    TinyStore store = new TinyStore(directory.resolve("s"), form);
    BackendOwner owner = store.open();
    fill(owner, 0, 400, 40);
    commitUntil(owner, () -> store.peek().bases().size() >= 4);
    Peek.View before = store.peek();
    assertThat(before.partitions()).isGreaterThanOrEqualTo(4);
    // "again" is in one partition, so all other segments stay.
    commitUntil(owner, () -> store.peek().covered() > before.covered() + 5);
    long covered = store.peek().covered();
    commitUntil(owner, () -> store.peek().covered() > covered);
    Peek.View middle = store.peek();
    commitUntil(owner, () -> store.peek().covered() > middle.covered());
    Peek.View after = store.peek();
    if (after.partitions() == middle.partitions()) {
      List<String> changed = new ArrayList<>(after.bases());
      changed.removeAll(middle.bases());
      assertThat(changed).hasSize(1);
    }
    List<String> content = TinyStore.dump(owner.backend()).get(0);
    assertThat(content).hasSize(400);
    owner.backend().close();
    assertContent(store, content);
  }

  /** A start reads the beginnings of those bases only that hold what the engine needs. */
  @ParameterizedTest
  @EnumSource
  void leastSpaceOfABase_isKnown_whateverBecomesOfIt(TinyStore.Form form) throws Exception {
    TinyStore store = new TinyStore(directory.resolve("s"), form);
    BackendOwner owner = store.open();
    fill(owner, 20, 400, 40);
    commitUntil(owner, () -> store.peek().bases().size() >= 4);
    for (int round = 0; round < 12; round++) {
      int space = random.nextInt(4);
      int key = random.nextInt(6);
      boolean removed = random.nextInt(3) == 0;
      String value = removed ? null : noise(20);
      owner.commit(
          draft -> {
            if (value == null) {
              draft.remove(space, "low" + key);
            } else {
              draft.put(space, "low" + key, value);
            }
            draft.put(20, "key" + key, noise(40));
          });
      long covered = store.peek().covered();
      commitUntil(owner, () -> store.peek().covered() > covered);
      Peek.leastSpaces(store.log())
          .forEach((base, known) -> assertThat(known).isEqualTo(leastSpace(store, base)));
    }
    owner.backend().close();
  }

  private static void assertContent(TinyStore store, List<String> content) {
    BackendOwner owner = store.open();
    assertThat(TinyStore.dump(owner.backend()).get(0)).isEqualTo(content);
    owner.backend().close();
  }

  /** In one partition of 2 MB: few changes rewrite few blocks. */
  @Test
  void blocksThatNoChangeTouches_areCopied_andTheRestIsRight() {
    LogSettings settings = new LogSettings(1 << 30, 600 << 10, 1 << 30, 1 << 30, Duration.ZERO, 3);
    TinyStore.OnDemand upkeep = new TinyStore.OnDemand();
    TinyStore store = appending(settings).with(upkeep);
    BackendOwner owner = store.open();
    fill(owner, 1, 4_000, 250);
    compact(owner, upkeep, store);
    List<ByteBuffer> before = onlySegment(store);
    assertThat(before).hasSizeGreaterThan(9);

    // Longer, shorter, removed, new: at the front, in the middle, at the end; and the tail is long.
    owner.commit(draft -> draft.put(1, "a first one", noise(300)));
    owner.commit(draft -> draft.put(1, "key1500", noise(900)).remove(1, "key1501"));
    owner.commit(draft -> draft.put(1, "key3000", "short"));
    fill(owner, 2, 2_400, 250);
    compact(owner, upkeep, store);
    List<ByteBuffer> after = onlySegment(store);
    List<ByteBuffer> kept = new ArrayList<>(after);
    kept.retainAll(before);
    System.out.printf(
        "%d blocks, then %d, of which %d are as before%n",
        before.size(), after.size(), kept.size());
    assertThat(kept.size()).isBetween(before.size() / 2, before.size() - 3);
    List<List<String>> content = TinyStore.dump(owner.backend());
    assertThat(content.get(1)).hasSize(4_000).anyMatch(entry -> entry.equals("key3000=short"));
    owner.backend().close();

    // A clear leaves nothing of them.
    owner = store.open();
    assertThat(TinyStore.dump(owner.backend())).isEqualTo(content);
    owner.commit(draft -> draft.clear(1));
    fill(owner, 2, 4_000, 250);
    compact(owner, upkeep, store);
    assertThat(onlySegment(store)).doesNotContainAnyElementsOf(kept);
    assertThat(TinyStore.dump(owner.backend()).get(1)).isEmpty();
    owner.backend().close();
    BackendOwner next = store.open();
    assertThat(TinyStore.dump(next.backend()).get(1)).isEmpty();
    assertThat(TinyStore.dump(next.backend()).get(2)).hasSize(4_000);
    next.backend().close();
  }

  /** With twice as many partitions a block holds entries of both: none may be in both. */
  @Test
  void blocksOfASegmentThatIsDivided_areNotCopied() {
    LogSettings settings =
        new LogSettings(1 << 30, 600 << 10, 1_500 << 10, 1 << 30, Duration.ZERO, 3);
    TinyStore.OnDemand upkeep = new TinyStore.OnDemand();
    TinyStore store = appending(settings).with(upkeep);
    BackendOwner owner = store.open();
    fill(owner, 1, 4_000, 250);
    compact(owner, upkeep, store);
    assertThat(store.peek().partitions()).isEqualTo(1);
    fill(owner, 2, 8_000, 250);
    compact(owner, upkeep, store);
    assertThat(store.peek().partitions()).isGreaterThan(1);
    fill(owner, 2, 8_000, 250);
    compact(owner, upkeep, store);
    List<List<String>> content = TinyStore.dump(owner.backend());
    owner.backend().close();
    owner = store.open();
    assertThat(TinyStore.dump(owner.backend())).isEqualTo(content);
    assertThat(content.get(1)).hasSize(4_000);
    assertThat(content.get(2)).hasSize(8_000);
    owner.backend().close();
  }

  private void compact(BackendOwner owner, TinyStore.OnDemand upkeep, TinyStore store) {
    long version = owner.version();
    for (int i = 0; store.peek().covered() < version; i++) {
      assertThat(i).as("commits").isLessThan(20);
      upkeep.run();
      owner.commit(draft -> draft.put(0, "again", noise(20)));
    }
  }

  private static List<ByteBuffer> onlySegment(TinyStore store) {
    assertThat(store.peek().bases()).hasSize(1);
    return Peek.storedBlocks(segment(store, store.peek().bases().get(0)));
  }

  private static int leastSpace(TinyStore store, String base) {
    return Peek.leastSpace(segment(store, base));
  }

  private static byte[] segment(TinyStore store, String base) {
    return Objects.requireNonNull(store.files().get(base));
  }

  /** With parts of 1 MiB. */
  private TinyStore appending(LogSettings settings) {
    return new TinyStore(directory.resolve("s"), TinyStore.Form.APPEND, settings, 1 << 20);
  }

  /**
   * Rests until there was another commit: it goes on only because commits do, and they only because
   * it rests. Each look at the clock is a millisecond later.
   */
  private static final class OneCommitARest implements Workers {
    final AtomicLong clock = new AtomicLong();
    final AtomicInteger rests = new AtomicInteger();
    private final Object monitor = new Object();
    private long commits;
    private boolean over;

    @Override
    public long nanoTime() {
      return clock.addAndGet(1_000_000);
    }

    @Override
    public void pause(long nanos) {
      rests.incrementAndGet();
      synchronized (monitor) {
        long before = commits;
        while (commits == before && !over) {
          try {
            monitor.wait();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
      }
    }

    void committed() {
      synchronized (monitor) {
        commits++;
        monitor.notifyAll();
      }
    }

    /** No more commits come. */
    void over() {
      synchronized (monitor) {
        over = true;
        monitor.notifyAll();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void compactionBesideEndlessCommits_letsThemGoBy_andIsDone(TinyStore.Form form) {
    LogSettings settings =
        new LogSettings(1 << 30, 300 << 10, 100 << 10, 1 << 20, Duration.ZERO, 3)
            .withTailCommits(1 << 20, 1 << 20);
    OneCommitARest workers = new OneCommitARest();
    TinyStore store = new TinyStore(directory.resolve("s"), form, settings, 1 << 20).with(workers);
    BackendOwner owner = store.open();
    fill(owner, 1, 3_000, 100);
    long filled = owner.version();
    assertThat(store.peek().covered()).isZero();
    long beside = 0;
    while (store.peek().covered() < filled / 2) {
      owner.commit(draft -> draft.put(0, "again", "and again"));
      workers.committed();
      beside++;
    }
    System.out.printf("%s: %d rests, %d commits%n", form, workers.rests.get(), beside);
    assertThat(workers.rests.get()).as("rests").isGreaterThan(20);
    assertThat(beside).as("commits beside it").isGreaterThanOrEqualTo(workers.rests.get());
    workers.over();
    List<List<String>> content = TinyStore.dump(owner.backend());
    owner.backend().close();
    assertThat(content.get(1)).hasSize(3_000);
  }

  /** Where commits come too fast for that, they are what has to wait. */
  @Test
  void compactionOfATailThatGrowsTooLong_doesNotRest() {
    LogSettings settings =
        new LogSettings(1 << 30, 300 << 10, 100 << 10, 1 << 20, Duration.ZERO, 3);
    OneCommitARest workers = new OneCommitARest();
    TinyStore store = appending(settings).with(workers);
    BackendOwner owner = store.open();
    fill(owner, 1, 3_000, 100);
    long filled = owner.version();
    while (store.peek().covered() < filled / 2) {
      int from = 20 * (int) owner.version();
      owner.commit(
          draft -> {
            for (int k = 0; k < 50; k++) {
              draft.put(2, "more" + (from + k), noise(1_000));
            }
          });
      workers.committed();
    }
    System.out.printf("%d rests%n", workers.rests.get());
    assertThat(workers.rests.get()).as("rests").isBetween(1, 20);
    workers.over();
    owner.backend().close();
  }

  /** Else who is killed before a compaction is done finds more to do each time. */
  @ParameterizedTest
  @EnumSource
  void compactionOfALongTail_takesAPartOfIt_andSoGetsDone(TinyStore.Form form) throws Exception {
    LogSettings never =
        new LogSettings(1 << 30, 1 << 30, 4_000, 2_000, Duration.ZERO, 3)
            .withTailCommits(1 << 30, 1 << 30);
    BackendOwner owner = new TinyStore(directory.resolve("s"), form, never, 2_000).open();
    for (int i = 0; i < 300; i++) {
      String key = "key" + i % 50;
      owner.commit(draft -> draft.put(0, key, noise(50)));
    }
    List<String> content = TinyStore.dump(owner.backend()).get(0);
    owner.backend().close();
    TinyStore.OnDemand upkeep = new TinyStore.OnDemand();
    TinyStore store = new TinyStore(directory.resolve("s"), form).with(upkeep);
    owner = store.open();
    owner.commit(draft -> draft.put(1, "a", "one"));
    List<Long> covered = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      upkeep.run();
      owner.commit(draft -> draft.put(1, "a", "another"));
      covered.add(store.peek().covered());
    }
    // A commit is longer than 100 bytes; slots are looked at by 32.
    long most = 4 * TinyStore.SETTINGS.tailBytes() / 100 + 32;
    assertThat(covered.get(0)).isBetween(10L, most);
    assertThat(covered.get(1)).isBetween(covered.get(0) + 10, covered.get(0) + most);
    assertThat(covered.get(29)).isGreaterThan(270);
    assertThat(TinyStore.dump(owner.backend()).get(0)).isEqualTo(content);
    owner.backend().close();
    assertContent(store, content);
  }

  /** What it looks at before it takes over goes while it looks: that is not damage. */
  @ParameterizedTest
  @EnumSource
  void takeOver_whileTheOwnerDeletesWhatItLooksAt_isNotTakenForDamage(TinyStore.Form form) {
    int met = 0;
    for (int opened = 0; opened < 60; opened += 3) {
      Path root = directory.resolve("s" + opened);
      TinyStore.OnDemand upkeep = new TinyStore.OnDemand();
      BackendOwner first = new TinyStore(root, form).with(upkeep).open();
      fill(first, 0, 200, 50);
      AtomicInteger left = new AtomicInteger(opened);
      TinyStore store =
          new TinyStore(root, form)
              .beforeOpen(
                  () -> {
                    if (left.getAndDecrement() == 0) {
                      compactAndDelete(first, upkeep);
                    }
                  });
      BackendOwner second = store.open();
      met += left.get() < 0 ? 1 : 0;
      List<String> content = TinyStore.dump(second.backend()).get(0);
      assertThat(content).hasSize(200);
      first.backend().close();
      second.backend().close();
    }
    assertThat(met).as("in the middle of it").isGreaterThan(4);
  }

  /** What the new owner has thrown away is not damage to the former one, who has to know of it. */
  @ParameterizedTest
  @EnumSource
  void restore_ofWhatASuccessorHasDeleted_isFenced(TinyStore.Form form) {
    TinyStore.OnDemand upkeep = new TinyStore.OnDemand();
    BackendOwner former = new TinyStore(directory.resolve("s"), form).open();
    fill(former, 0, 200, 50);
    former.commit(draft -> draft.checkpoint("kept", null));
    BackendOwner owner = new TinyStore(directory.resolve("s"), form).with(upkeep).open();
    owner.commit(draft -> draft.drop("kept").clear(0));
    compactAndDelete(owner, upkeep);
    former.backend().verify("kept");
    assertThat(former.send(former.draft(draft -> draft.restore("kept", "undo"))))
        .isInstanceOf(CommitResult.Fenced.class);
    former.backend().close();
    owner.backend().close();
  }

  private static void compactAndDelete(BackendOwner owner, TinyStore.OnDemand upkeep) {
    for (int i = 0; i < 20; i++) {
      upkeep.run();
      owner.send(owner.draft(draft -> draft.put(1, "a", "b")));
    }
  }

  /** Trash is still there while it may be, and gone some commits later. */
  @ParameterizedTest
  @EnumSource
  void trash_isDeletedAfterTheKeptCommits_neverBefore(TinyStore.Form form) throws Exception {
    LogSettings settings = new LogSettings(2_000, 3_000, 4_000, 2_000, Duration.ZERO, 12);
    TinyStore store = new TinyStore(directory.resolve("s"), form, settings, 2_000);
    BackendOwner owner = store.open();
    int early = 0;
    Set<Piece> ever = new java.util.HashSet<>();
    for (int i = 0; i < 500; i++) {
      String value = noise(100);
      owner.commit(draft -> draft.put(0, "a", value));
      Peek.View view = store.peek();
      Set<String> files = store.files().keySet();
      for (int t = 0; t < view.trash().size(); t++) {
        Piece piece = view.trash().get(t);
        ever.add(piece);
        if (view.trashedAt().get(t) + 12 > view.version()) {
          early++;
          assertThat(isThere(store, piece, files)).as("%s in %s", piece, view).isTrue();
        }
      }
    }
    assertThat(early).isPositive();
    Peek.View last = store.peek();
    ever.removeAll(last.trash());
    Set<String> files = store.files().keySet();
    assertThat(ever).isNotEmpty().noneMatch(piece -> isThere(store, piece, files));
    owner.backend().close();
  }

  private static boolean isThere(TinyStore store, Piece piece, Set<String> files) {
    if (piece instanceof SegmentRef segment) {
      return files.contains(segment.key());
    }
    return !store.log().objects((Range) piece).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void trash_staysForTheGrace(TinyStore.Form form) throws Exception {
    LogSettings settings = new LogSettings(2_000, 3_000, 4_000, 2_000, Duration.ofHours(1), 0);
    TinyStore store = new TinyStore(directory.resolve("s"), form, settings, 2_000);
    BackendOwner owner = store.open();
    Set<String> seen = new java.util.TreeSet<>();
    commitUntil(
        owner,
        () -> {
          Set<String> files = store.files().keySet();
          assertThat(files).containsAll(seen);
          seen.addAll(files);
          return store.peek().trash().size() > 10;
        });
    owner.backend().close();
  }

  @ParameterizedTest
  @EnumSource
  void checkpoint_keepsWhatItNeeds_droppingFreesIt(TinyStore.Form form) throws Exception {
    TinyStore store = new TinyStore(directory.resolve("s"), form);
    BackendOwner owner = store.open();
    fill(owner, 0, 200, 200);
    commitUntil(owner, () -> !store.peek().bases().isEmpty());
    owner.commit(draft -> draft.checkpoint("kept", null));
    List<List<String>> content = TinyStore.dump(owner.backend());
    owner.commit(draft -> draft.clear(0));
    commitUntil(owner, () -> store.peek().bases().size() <= 1 && owner.version() > 200);
    long with = store.bytes();
    Peek.View view = store.peek();
    Set<String> files = store.files().keySet();
    assertThat(view.kept()).isNotEmpty().allMatch(piece -> isThere(store, piece, files));

    owner.commit(draft -> draft.restore("kept", "undo"));
    assertThat(TinyStore.dump(owner.backend())).isEqualTo(content);
    owner.commit(draft -> draft.drop("kept").drop("undo").clear(0));
    commitUntil(owner, () -> store.bytes() < with / 2);
    owner.backend().close();
  }

  @ParameterizedTest
  @EnumSource
  void orphans_areCollected(TinyStore.Form form) throws Exception {
    TinyStore store = new TinyStore(directory.resolve("s"), form);
    BackendOwner owner = store.open();
    fill(owner, 0, 100, 40);
    commitUntil(owner, () -> store.segments() > 0);
    owner.backend().close();
    // What a dead owner left: a segment that no commit names, and a part that never began.
    Path segment = store.root.resolve("s/0000000000000002/" + java.util.UUID.randomUUID());
    Files.createDirectories(segment.getParent());
    Files.write(segment, new byte[100]);
    List<Path> orphans = new ArrayList<>(List.of(segment));
    if (form == TinyStore.Form.APPEND) {
      Path part = store.root.resolve("c/0000000000000002.0000ffff.log");
      Files.write(part, new byte[0]);
      orphans.add(part);
    }
    owner = store.open();
    List<List<String>> content = TinyStore.dump(owner.backend());
    assertThat(content.get(0)).hasSize(100);
    BackendOwner now = owner;
    commitUntil(now, () -> orphans.stream().noneMatch(Files::exists));
    assertThat(TinyStore.dump(now.backend()).get(0)).isEqualTo(content.get(0));
    now.backend().close();
  }

  @ParameterizedTest
  @EnumSource
  void idleStore_doesNothing(TinyStore.Form form) throws Exception {
    TinyStore store = new TinyStore(directory.resolve("s"), form);
    BackendOwner owner = store.open();
    fill(owner, 0, 100, 40);
    String threads = "pagurus-tiny-compactor";
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(t -> t.getName().equals(threads))) {
      Thread.sleep(10);
    }
    long written = store.written.get();
    Set<String> files = store.files().keySet();
    Thread.sleep(300);
    assertThat(store.written.get()).isEqualTo(written);
    assertThat(store.files().keySet()).isEqualTo(files);
    owner.backend().close();
  }

  @ParameterizedTest
  @EnumSource
  void close_duringACompaction_isQuick(TinyStore.Form form) throws IOException {
    LogSettings settings = new LogSettings(1 << 20, 4 << 20, 256 << 10, 1 << 20, Duration.ZERO, 3);
    for (int round = 0; round < 3; round++) {
      TinyStore store =
          new TinyStore(Files.createTempDirectory(directory, "s"), form, settings, 1 << 20);
      BackendOwner owner = store.open();
      for (int i = 0; i < 40; i++) {
        int from = i * 100;
        owner.commit(
            draft -> {
              for (int k = from; k < from + 100; k++) {
                draft.put(0, "key" + k, noise(1_000));
              }
            });
      }
      List<List<String>> content = TinyStore.dump(owner.backend());
      long begin = System.nanoTime();
      owner.backend().close();
      long millis = (System.nanoTime() - begin) / 1_000_000;
      assertThat(millis).as("milliseconds to close").isLessThan(3_000);
      owner = store.open();
      assertThat(TinyStore.dump(owner.backend())).isEqualTo(content);
      owner.backend().close();
    }
  }

  @Test
  void segmentOfWhichNobodyKnows_isNotSentAgain_whenTheStoreIsClosed() {
    TinyStore.OnDemand upkeep = new TinyStore.OnDemand();
    List<FaultyObjectStore> objects = new ArrayList<>();
    TinyStore store =
        new TinyStore(directory.resolve("s"), TinyStore.Form.APPEND)
            .with(upkeep)
            .before(
                real -> {
                  objects.add(new FaultyObjectStore(real));
                  return objects.get(0);
                });
    BackendOwner owner = store.open();
    fill(owner, 0, 200, 40);
    List<List<String>> content = TinyStore.dump(owner.backend());
    List<String> puts = new ArrayList<>();
    objects
        .get(0)
        .plan(
            (operation, key, step) -> {
              if (operation != FaultyObjectStore.Operation.PUT) {
                return FaultyObjectStore.Fault.NONE;
              }
              puts.add(key);
              if (puts.size() == 2) {
                owner.backend().close();
              }
              return FaultyObjectStore.Fault.DROP;
            });
    upkeep.run();
    assertThat(puts).as("tries").hasSize(2);
    assertThat(puts.get(1)).as("the same segment").isEqualTo(puts.get(0));

    BackendOwner next = store.before(real -> real).open();
    assertThat(TinyStore.dump(next.backend())).isEqualTo(content);
    next.backend().close();
  }
}
