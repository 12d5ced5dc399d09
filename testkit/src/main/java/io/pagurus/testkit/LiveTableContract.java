package io.pagurus.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.internal.log.LiveTable;
import io.pagurus.internal.log.LiveTables;
import io.pagurus.internal.log.SortedKeys;
import io.pagurus.spi.Change;
import io.pagurus.spi.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link LiveTable} must do, as tests. For those who work on Pagurus itself: live tables
 * are no public extension point.
 */
@Timeout(120)
public abstract class LiveTableContract {
  private static final byte[] NO_PREFIX = {};
  private static final int MANY = 1_000_000;
  private static final int READERS = 3;

  private @Nullable LiveTables tables;
  private final List<LiveTable> opened = new ArrayList<>();

  /** A maker of tables, new for each test. */
  protected abstract LiveTables tables() throws Exception;

  @BeforeEach
  final void makeTables() throws Exception {
    tables = tables();
  }

  @AfterEach
  final void closeTables() {
    opened.forEach(LiveTable::close);
  }

  private LiveTable create(long entries, long bytes) {
    opened.forEach(LiveTable::close);
    opened.clear();
    return another(entries, bytes);
  }

  private LiveTable another(long entries, long bytes) {
    LiveTable table = requireNonNull(tables).create(entries, bytes);
    opened.add(table);
    return table;
  }

  private LiveTable create() {
    return create(100, 10_000);
  }

  // ---- single keys ------------------------------------------------------------------------------

  @Test
  final void get_showsWhatWasLoadedAndApplied() {
    LiveTable table = create();
    table.load(1, key("a"), key("1"));
    table.load(1, key("b"), key("2"));
    table.load(2, key("a"), key("3"));
    table.load(1, key("a"), key("4"));
    table.unload(1, key("b"));
    table.unload(1, key("never"));
    assertThat(table.get(1, key("a"))).isEqualTo(key("4"));
    assertThat(table.get(1, key("b"))).isNull();
    assertThat(table.get(2, key("a"))).isEqualTo(key("3"));
    assertThat(table.get(3, key("a"))).isNull();
    assertThat(table.entries()).isEqualTo(2);

    table.apply(List.of(), List.of(put(1, "a", "5"), put(3, "a", "6"), remove(2, "a")));
    assertThat(table.get(1, key("a"))).isEqualTo(key("5"));
    assertThat(table.get(2, key("a"))).isNull();
    assertThat(table.get(3, key("a"))).isEqualTo(key("6"));
    assertThat(table.entries()).isEqualTo(2);
  }

  @Test
  final void emptyKeyAndEmptyValue_areEntries() {
    LiveTable table = create();
    table.apply(
        List.of(),
        List.of(new Change(1, new byte[0], key("v")), new Change(1, key("k"), NO_PREFIX)));
    assertThat(table.get(1, new byte[0])).isEqualTo(key("v"));
    assertThat(table.get(1, key("k"))).isNotNull().isEmpty();
    assertThat(table.count(1, List.of(new byte[0]))).isEqualTo(1);
    assertThat(table.scan(1, NO_PREFIX, null, 10)).hasSize(2);
    assertThat(table.scan(1, NO_PREFIX, new byte[0], 10)).hasSize(1);
    assertThat(table.getAll(1, List.of(new byte[0], key("k"), key("k")))).hasSize(2);
  }

  /** A restore builds one while the other is served, and a failed one goes away again. */
  @Test
  final void severalTables_areIndependent() {
    LiveTable served = another(10, 1_000);
    served.load(1, key("key"), key("served"));
    LiveTable built = another(10, 1_000);
    built.load(1, key("key"), key("built"));
    LiveTable third = another(10, 1_000);
    assertThat(third.entries()).isZero();
    third.close();
    served.apply(List.of(), List.of(new Change(1, key("more"), key("served"))));
    assertThat(served.get(1, key("key"))).isEqualTo(key("served"));
    assertThat(served.entries()).isEqualTo(2);
    served.close();
    for (int i = 0; i < 5_000; i++) {
      built.apply(List.of(), List.of(new Change(1, key("key" + i), new byte[500])));
    }
    assertThat(built.get(1, key("key"))).isEqualTo(key("built"));
    assertThat(built.entries()).isEqualTo(5_001);
  }

  @Test
  final void clears_comeBeforeChanges() {
    LiveTable table = create();
    table.load(1, key("old"), key("1"));
    table.load(2, key("kept"), key("1"));
    assertThat(table.scan(1, NO_PREFIX, null, 10)).hasSize(1);
    table.apply(List.of(1, 7), List.of(put(1, "new", "2")));
    assertThat(table.get(1, key("old"))).isNull();
    assertThat(table.scan(1, NO_PREFIX, null, 10))
        .extracting(Entry::key)
        .containsExactly(key("new"));
    assertThat(table.count(1, List.of())).isEqualTo(1);
    assertThat(table.get(2, key("kept"))).isEqualTo(key("1"));
    table.apply(List.of(1), List.of());
    assertThat(table.scan(1, NO_PREFIX, null, 10)).isEmpty();
    assertThat(table.count(1, List.of())).isZero();
    assertThat(table.entries()).isEqualTo(1);
  }

  @Test
  final void unloadSpace_removesAllOfIt() {
    LiveTable table = create();
    table.load(1, key("a"), key("1"));
    table.load(2, key("a"), key("2"));
    table.unload(1);
    table.load(1, key("b"), key("3"));
    assertThat(table.get(1, key("a"))).isNull();
    assertThat(table.get(1, key("b"))).isEqualTo(key("3"));
    assertThat(table.get(2, key("a"))).isEqualTo(key("2"));
    assertThat(table.entries()).isEqualTo(2);
  }

  // ---- sizes ------------------------------------------------------------------------------------

  @Test
  final void largeValuesAndKeys_areWhole() {
    LiveTable table = create();
    Random random = new Random(1);
    byte[] longKey = Bytes.random(random, 8 << 10);
    int[] sizes = {1, 4_000, 8_191, 8_192, 8_193, 64 << 10, 1 << 20, (16 << 20) - 1, 16 << 20};
    Map<Integer, byte[]> expected = new HashMap<>();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < sizes.length; i++) {
        int size = sizes[round == 0 ? i : sizes.length - 1 - i];
        byte[] value = Bytes.random(random, size);
        expected.put(i, value);
        table.apply(List.of(), List.of(new Change(1, number(i), value)));
      }
    }
    byte[] ofLongKey = Bytes.random(random, 16 << 20);
    table.apply(List.of(), List.of(new Change(1, longKey, ofLongKey)));
    expected.forEach((i, value) -> assertSame(table.get(1, number(i)), value));
    assertSame(table.get(1, longKey), ofLongKey);
    assertThat(table.entries()).isEqualTo(sizes.length + 1);
    assertThat(table.count(1, List.of(longKey))).isEqualTo(sizes.length);
    for (Entry entry : table.scan(1, new byte[4], null, 10)) {
      assertSame(
          entry.value(), requireNonNull(expected.get(ByteBuffer.wrap(entry.key()).getInt())));
    }
    table.apply(List.of(), List.of(new Change(1, longKey, null)));
    assertThat(table.get(1, longKey)).isNull();
    assertThat(table.entries()).isEqualTo(sizes.length);
  }

  @Test
  final void wrongEstimate_isNoLimit() {
    for (int valueBytes : new int[] {0, 20, 2_000, 30_000}) {
      LiveTable table = create(500, 500 * 50);
      int many = valueBytes > 2_000 ? 3_000 : 50_000;
      byte[] value = new byte[valueBytes];
      for (int i = 0; i < many; i++) {
        table.load(1, number(i), value);
      }
      List<Change> changes =
          IntStream.range(many, 2 * many).mapToObj(i -> new Change(1, number(i), value)).toList();
      table.apply(List.of(), changes);
      assertThat(table.entries()).isEqualTo(2 * many);
      for (int i = 0; i < 2 * many; i += 97) {
        assertThat(table.get(1, number(i))).isEqualTo(value);
      }
    }
  }

  @Test
  final void rewritingForLong_needsNoRoom() {
    LiveTable table = create();
    Random random = new Random(2);
    for (int round = 0; round < 3_000; round++) {
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        int length = random.nextInt(50) == 0 ? random.nextInt(20_000) : random.nextInt(200);
        changes.add(new Change(1, number(random.nextInt(500)), new byte[length]));
      }
      table.apply(random.nextInt(100) == 0 ? List.of(1) : List.of(), changes);
    }
    assertThat(table.entries()).isBetween(1L, 500L);
    assertThat(table.scan(1, NO_PREFIX, null, 1_000)).hasSize((int) table.entries());
  }

  @Test
  @Timeout(300)
  final void aMillionEntries_areLoadedByTwoThreadsAndPagedThrough() throws Exception {
    LiveTable table = create(MANY, MANY * 120L);
    byte[] value = new byte[100];
    ExecutorService loaders = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> halves = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        int first = half;
        halves.add(
            loaders.submit(
                () -> {
                  for (int i = first; i < MANY; i += 2) {
                    table.load(i % 3 == 0 ? 1 : 2, number(i), value);
                  }
                }));
      }
      for (Future<?> half : halves) {
        half.get();
      }
    } finally {
      loaders.shutdownNow();
    }
    assertThat(table.entries()).isEqualTo(MANY);
    assertThat(table.count(1, List.of())).isEqualTo((MANY + 2) / 3);
    byte[] after = null;
    int next = 0;
    while (true) {
      List<Entry> page = table.scan(2, NO_PREFIX, after, 1_000);
      for (Entry entry : page) {
        next += next % 3 == 0 ? 1 : 0;
        assertThat(ByteBuffer.wrap(entry.key()).getInt()).isEqualTo(next++);
      }
      // A commit between pages, behind the cursor.
      table.apply(List.of(), List.of(new Change(2, Bytes.of(0, 0, 0, 0, next & 0xff), value)));
      if (page.size() < 1_000) {
        break;
      }
      after = page.get(page.size() - 1).key();
    }
    assertThat(next).isEqualTo(MANY - 1);
  }

  // ---- order ------------------------------------------------------------------------------------

  @Test
  final void scan_isRightAfterManyAddedAndRemoved() {
    LiveTable table = create();
    NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    Random random = new Random(3);
    for (int round = 0; round < 40; round++) {
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) {
        // Adds at the end and removes at the beginning, as a queue does; and some anywhere.
        byte[] added = number(round * 3_000 + i);
        model.put(added, added);
        changes.add(new Change(1, added, added));
        byte[] removed = number(Math.max(0, round - 5) * 3_000 + i);
        if (model.remove(removed) != null) {
          changes.add(new Change(1, removed, null));
        }
        byte[] any = number(random.nextInt());
        model.put(any, any);
        changes.add(new Change(1, any, any));
      }
      table.apply(List.of(), changes);
      for (int i = 0; i < 5; i++) {
        assertScan(table, model, 1, NO_PREFIX, i == 0 ? null : number(random.nextInt()), 100);
      }
    }
    assertScan(table, model, 1, NO_PREFIX, null, Integer.MAX_VALUE);
  }

  @Test
  final void anySequence_isAsInATreeMap() {
    RandomSeed.run(20, this::runAgainstModel);
  }

  private void runAgainstModel(Random random) {
    LiveTable table = create(random.nextInt(1_000), random.nextInt(100_000));
    Map<Integer, NavigableMap<byte[], byte[]>> model = new HashMap<>();
    for (int space = 1; space <= 3; space++) {
      model.put(space, new TreeMap<>(Arrays::compareUnsigned));
    }
    for (int i = 0; i < 200; i++) {
      int space = 1 + random.nextInt(3);
      NavigableMap<byte[], byte[]> entries = requireNonNull(model.get(space));
      byte[] key = randomKey(random);
      switch (random.nextInt(20)) {
        case 0 -> {
          table.unload(space);
          entries.clear();
        }
        case 1, 2, 3 -> {
          table.unload(space, key);
          entries.remove(key);
        }
        default -> {
          byte[] value = randomValue(random);
          table.load(space, key, value);
          entries.put(key, value);
        }
      }
    }
    for (int step = 0; step < 300; step++) {
      List<Integer> clears = random.nextInt(30) == 0 ? List.of(1 + random.nextInt(3)) : List.of();
      clears.forEach(space -> requireNonNull(model.get(space)).clear());
      List<Change> changes = new ArrayList<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        int space = 1 + random.nextInt(3);
        byte[] key = randomKey(random);
        byte[] value = random.nextInt(3) == 0 ? null : randomValue(random);
        changes.add(new Change(space, key, value));
        if (value == null) {
          requireNonNull(model.get(space)).remove(key);
        } else {
          requireNonNull(model.get(space)).put(key, value);
        }
      }
      table.apply(clears, changes);
      compare(table, model, random);
    }
  }

  private static void compare(
      LiveTable table, Map<Integer, NavigableMap<byte[], byte[]>> model, Random random) {
    int space = 1 + random.nextInt(3);
    NavigableMap<byte[], byte[]> entries = requireNonNull(model.get(space));
    byte[] key = randomKey(random);
    assertThat(table.get(space, key)).isEqualTo(entries.get(key));
    byte[] prefix = random.nextBoolean() ? NO_PREFIX : Arrays.copyOf(key, key.length / 2);
    byte[] after = random.nextBoolean() ? null : randomKey(random);
    assertScan(table, entries, space, prefix, after, random.nextInt(40));
    List<byte[]> some = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      some.add(randomKey(random));
    }
    long present = some.stream().filter(entries::containsKey).map(Bytes::show).distinct().count();
    assertThat(table.getAll(space, some)).hasSize((int) present);
    for (Entry entry : table.getAll(space, some)) {
      assertThat(entry.value()).isEqualTo(entries.get(entry.key()));
    }
    assertThat(table.count(space, some)).isEqualTo(entries.size() - present);
    assertThat(table.entries()).isEqualTo(model.values().stream().mapToInt(Map::size).sum());
  }

  private static void assertScan(
      LiveTable table,
      NavigableMap<byte[], byte[]> model,
      int space,
      byte[] prefix,
      byte @Nullable [] after,
      int limit) {
    List<Entry> found = table.scan(space, prefix, after, limit);
    List<Map.Entry<byte[], byte[]>> expected =
        model.tailMap(SortedKeys.start(prefix, after), true).entrySet().stream()
            .filter(e -> after == null || Arrays.compareUnsigned(e.getKey(), after) > 0)
            .takeWhile(e -> Bytes.startsWith(e.getKey(), prefix))
            .limit(limit)
            .toList();
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertSame(found.get(i).key(), expected.get(i).getKey());
      assertSame(found.get(i).value(), expected.get(i).getValue());
    }
  }

  // ---- one instant ------------------------------------------------------------------------------

  @Test
  final void readsOfSeveralKeys_seeCommitsWhole() throws Exception {
    LiveTable table = create();
    int accounts = 40;
    long total = 1_000L * accounts;
    List<byte[]> keys = IntStream.range(0, accounts).mapToObj(LiveTableContract::number).toList();
    keys.forEach(key -> table.load(1, key, amount(1_000)));
    Random random = new Random(4);
    besideReaders(
        2_000,
        () -> {
          // An account that is not there holds nothing; the counter entries are always ten.
          List<Change> changes = new ArrayList<>();
          byte[] from = keys.get(random.nextInt(accounts));
          byte[] to = keys.get(random.nextInt(accounts));
          if (from != to) {
            long moved = held(table.get(1, from));
            long before = held(table.get(1, to));
            changes.add(new Change(1, from, null));
            changes.add(new Change(1, to, amount(before + moved)));
          }
          for (int i = 0; i < 10; i++) {
            changes.add(new Change(2, number(random.nextInt()), paddedAmount(random, 1)));
          }
          table.apply(List.of(2), changes);
        },
        () -> {
          assertThat(sum(table.getAll(1, keys))).isEqualTo(total);
          assertThat(sum(table.scan(1, NO_PREFIX, null, 1_000))).isEqualTo(total);
          assertThat(table.count(2, List.of())).isIn(0L, 10L);
          assertThat(table.scan(2, NO_PREFIX, null, 1_000).size()).isIn(0, 10);
        });
  }

  @Test
  final void scan_besideCommits_showsAllThatStays() throws Exception {
    LiveTable table = create();
    int staying = 5_000;
    for (int i = 0; i < staying; i++) {
      table.load(1, number(i), number(i));
    }
    Random random = new Random(5);
    AtomicBoolean present = new AtomicBoolean();
    besideReaders(
        1_500,
        () -> {
          // Keys between those that stay come and go.
          boolean now = !present.get();
          present.set(now);
          int range = random.nextInt(50);
          List<Change> changes = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            byte[] key = Arrays.copyOf(number(range * 100 + i), 4 + 1 + random.nextInt(2));
            changes.add(new Change(1, key, now ? new byte[1] : null));
          }
          table.apply(List.of(), changes);
        },
        () -> {
          byte[] after = null;
          int next = 0;
          byte[] last = null;
          List<Entry> page;
          do {
            page = table.scan(1, NO_PREFIX, after, 700);
            for (Entry entry : page) {
              if (last != null) {
                assertThat(Arrays.compareUnsigned(last, entry.key())).isNegative();
              }
              last = entry.key();
              if (last.length == 4) {
                assertThat(last).isEqualTo(number(next++));
              }
            }
            after = last;
          } while (page.size() == 700);
          assertThat(next).isEqualTo(staying);
          byte[] prefix = Arrays.copyOf(number(768), 3);
          assertThat(table.scan(1, prefix, null, 1_000).stream().filter(e -> e.key().length == 4))
              .hasSize(256);
        });
  }

  @Test
  final void get_besideCommitsAndGrowth_seesOneOfTheValues() throws Exception {
    LiveTable table = create(100, 1_000);
    for (int i = 0; i < 10; i++) {
      table.load(1, number(i), filled(0, 100));
    }
    Random random = new Random(6);
    int[] next = {10};
    besideReaders(
        400,
        () -> {
          List<Change> changes = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            int length = random.nextInt(5) == 0 ? 50_000 : 100;
            changes.add(new Change(1, number(i), filled(random.nextInt(100), length)));
          }
          for (int i = 0; i < 300; i++) {
            changes.add(new Change(1, number(next[0]++), new byte[100]));
          }
          table.apply(List.of(), changes);
        },
        () -> {
          for (int i = 0; i < 10; i++) {
            byte[] value = requireNonNull(table.get(1, number(i)));
            assertThat(value.length).isIn(100, 50_000);
            assertSame(value, filled(value[0], value.length));
          }
        });
  }

  /** Runs {@code commit} a number of times while several threads run {@code read}. */
  private static void besideReaders(int commits, Runnable commit, Runnable read) throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    ExecutorService readers = Executors.newFixedThreadPool(READERS);
    try {
      List<Future<Integer>> reading = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        reading.add(
            readers.submit(
                () -> {
                  int reads = 0;
                  while (!ended.get() || reads == 0) {
                    read.run();
                    reads++;
                  }
                  return reads;
                }));
      }
      for (int i = 0; i < commits && reading.stream().noneMatch(Future::isDone); i++) {
        commit.run();
      }
      ended.set(true);
      for (Future<Integer> reader : reading) {
        assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
      }
    } finally {
      ended.set(true);
      readers.shutdownNow();
    }
  }

  // ---- bytes ------------------------------------------------------------------------------------

  private static byte[] key(String text) {
    return Bytes.utf8(text);
  }

  private static byte[] number(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static Change put(int space, String key, String value) {
    return new Change(space, key(key), key(value));
  }

  private static Change remove(int space, String key) {
    return new Change(space, key(key), null);
  }

  private static byte[] randomKey(Random random) {
    byte[] key = new byte[random.nextInt(4)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(6) * 51);
    }
    return key;
  }

  private static byte[] randomValue(Random random) {
    return Bytes.random(
        random, random.nextInt(20) == 0 ? random.nextInt(60_000) : random.nextInt(30));
  }

  private static byte[] amount(long amount) {
    return ByteBuffer.allocate(8).putLong(amount).array();
  }

  private static byte[] paddedAmount(Random random, long amount) {
    return Arrays.copyOf(amount(amount), random.nextInt(8) == 0 ? 20_000 : 8);
  }

  private static long held(byte @Nullable [] value) {
    return value == null ? 0 : ByteBuffer.wrap(value).getLong();
  }

  private static long sum(List<Entry> entries) {
    return entries.stream().mapToLong(entry -> held(entry.value())).sum();
  }

  private static byte[] filled(int with, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  private static void assertSame(byte @Nullable [] found, byte[] expected) {
    if (!Arrays.equals(found, expected)) {
      assertThat(found == null ? "null" : Bytes.show(found)).isEqualTo(Bytes.show(expected));
    }
  }
}
