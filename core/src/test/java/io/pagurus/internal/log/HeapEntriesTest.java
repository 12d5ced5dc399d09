package io.pagurus.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapEntriesTest {
  private static final long SEED = 42;

  private final HeapEntries entries = new HeapEntries(SEED);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static int hash(byte[] key) {
    return (int) HeapEntries.hash(SEED, key, 0, key.length);
  }

  /** Sets, replaces and removes as a map does, with values of all lengths. */
  @ParameterizedTest
  @ValueSource(ints = {3, 300, 20_000})
  void anything_randomChanges_isAsInAMap(int keys) {
    long seed = System.nanoTime();
    System.out.println("HeapEntriesTest seed " + seed);
    Random random = new Random(seed);
    Map<String, byte[]> expected = new HashMap<>();
    for (int step = 0; step < 100_000; step++) {
      String text = "key " + random.nextInt(keys);
      byte[] key = bytes(text);
      switch (random.nextInt(8)) {
        case 0 -> {
          entries.remove(key, hash(key));
          expected.remove(text);
        }
        case 1 -> {
          byte[] value = value(random);
          entries.set(key, 0, key.length, hash(key), value, 0, value.length, false);
          expected.putIfAbsent(text, value);
        }
        default -> {
          byte[] value = value(random);
          boolean isNew = entries.put(key, hash(key), value);
          assertThat(expected.put(text, value) == null).isEqualTo(isNew);
        }
      }
      assertThat(entries.count()).isEqualTo(expected.size());
      assertThat(entries.get(key, hash(key))).isEqualTo(expected.get(text));
      assertThat(entries.contains(key, hash(key))).isEqualTo(expected.containsKey(text));
    }
    Set<String> found = new HashSet<>();
    entries.forEachKey(key -> found.add(new String(key, StandardCharsets.UTF_8)));
    assertThat(found).isEqualTo(expected.keySet());
    expected.forEach(
        (text, value) -> assertThat(entries.get(bytes(text), hash(bytes(text)))).isEqualTo(value));
  }

  private static byte[] value(Random random) {
    int length =
        switch (random.nextInt(1_000)) {
          case 0 -> random.nextInt(HeapEntries.CHUNK_BYTES * 2);
          case 1 -> 0;
          default -> random.nextInt(200);
        };
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }

  @Test
  void anything_allHashesTheSame_isFoundByItsKey() {
    for (int i = 0; i < 1_000; i++) {
      entries.put(bytes("key " + i), 7, bytes("value " + i));
    }
    for (int i = 0; i < 1_000; i += 2) {
      entries.remove(bytes("key " + i), 7);
    }
    for (int i = 0; i < 1_000; i++) {
      byte[] value = entries.get(bytes("key " + i), 7);
      assertThat(value).isEqualTo(i % 2 == 0 ? null : bytes("value " + i));
    }
  }

  @Test
  void put_overAndOver_takesLittleMoreThanWhatIsThere() {
    byte[] value = new byte[1_000];
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 2_000; i++) {
        byte[] key = bytes("key " + i * (round % 7 + 1) % 2_000);
        entries.put(key, hash(key), value);
      }
    }
    long living = entries.count() * 1_024L;
    assertThat(entries.writtenBytes())
        .isBetween(living, living + living / 3 + 3L * HeapEntries.CHUNK_BYTES);
  }

  @Test
  void remove_all_leavesNothing() {
    for (int i = 0; i < 10_000; i++) {
      byte[] key = bytes("key " + i);
      entries.put(key, hash(key), new byte[100]);
    }
    for (int i = 0; i < 10_000; i++) {
      byte[] key = bytes("key " + i);
      entries.remove(key, hash(key));
    }
    assertThat(entries.count()).isZero();
    assertThat(entries.any()).isNull();
    assertThat(entries.writtenBytes()).isLessThanOrEqualTo(HeapEntries.CHUNK_BYTES);
  }

  /** Every value says which key it is of and is as long as that says; it is never another's. */
  @Test
  void get_whileEverythingMoves_isAValueOfThatKey() throws Exception {
    int keys = 500;
    for (int i = 0; i < keys; i++) {
      put(i, 0);
    }
    AtomicBoolean ended = new AtomicBoolean();
    ExecutorService readers = Executors.newFixedThreadPool(3);
    List<Future<Long>> reads = new ArrayList<>();
    try {
      reads.add(readers.submit(() -> read(ended, keys)));
      reads.add(readers.submit(() -> read(ended, keys)));
      reads.add(readers.submit(() -> gather(ended, keys)));
      Random random = new Random(5);
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
      for (int step = 1; System.nanoTime() < until; step++) {
        int key = random.nextInt(2 * keys);
        if (key < keys) {
          put(key, step);
        } else if (random.nextBoolean()) {
          put(key, step); // those come and go
        } else {
          byte[] coming = bytes("key " + key);
          entries.remove(coming, hash(coming));
        }
      }
    } finally {
      ended.set(true);
      readers.shutdown();
    }
    for (Future<Long> one : reads) {
      assertThat(get(one)).isPositive();
    }
  }

  private static long get(Future<Long> one) throws InterruptedException {
    try {
      return one.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  private void put(int key, int step) {
    byte[] text = bytes("key " + key);
    byte[] value = new byte[Integer.BYTES + (step % 50) * 37];
    Arrays.fill(value, (byte) step);
    value[0] = (byte) (key >> 8);
    value[1] = (byte) key;
    value[2] = (byte) (step % 50);
    entries.put(text, hash(text), value);
  }

  private long read(AtomicBoolean ended, int keys) {
    Random random = new Random(6);
    long reads = 0;
    for (; !ended.get() || reads == 0; reads++) {
      int key = random.nextInt(2 * keys);
      byte[] text = bytes("key " + key);
      byte[] value = entries.get(text, hash(text));
      if (value == null) {
        assertThat(key).as("a key that is always there").isGreaterThanOrEqualTo(keys);
        continue;
      }
      assertThat((value[0] & 0xff) << 8 | value[1] & 0xff).isEqualTo(key);
      assertThat(value).hasSize(Integer.BYTES + value[2] * 37);
      for (int i = Integer.BYTES; i < value.length; i++) {
        if (value[i] != value[3]) {
          throw new AssertionError("two values in one");
        }
      }
    }
    return reads;
  }

  private long gather(AtomicBoolean ended, int keys) {
    long turns = 0;
    for (; !ended.get() || turns == 0; turns++) {
      Set<String> found = new HashSet<>();
      entries.forEachKey(key -> found.add(new String(key, StandardCharsets.UTF_8)));
      for (int i = 0; i < keys; i++) {
        if (!found.contains("key " + i)) {
          throw new AssertionError("key " + i + " was always there");
        }
      }
    }
    return turns;
  }
}
