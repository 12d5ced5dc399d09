package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.spi.Entry;
import io.pagurus.spi.StateBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What {@link StateBackend}'s reads promise: keys are bytes, unsigned, and nothing else. */
interface BackendReadTests {
  BackendFixture fixture();

  @Test
  default void get_absentKey_isNull() {
    BackendOwner owner = fixture().own();
    assertThat(owner.get(1, "absent")).isNull();
    owner.commit(c -> c.put(1, "present", "v"));
    assertThat(owner.get(1, "absent")).isNull();
    assertThat(owner.get(2, "present")).as("the same key in another space").isNull();
    assertThat(owner.get(1, "present")).isEqualTo("v");
  }

  @Test
  default void get_emptyKeyAndEmptyValue_areNotAbsent() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, new byte[0], Bytes.utf8("of the empty key")).put(1, "empty", ""));
    StateBackend backend = owner.backend();
    assertThat(backend.get(1, new byte[0])).isEqualTo(Bytes.utf8("of the empty key"));
    assertThat(backend.get(1, Bytes.utf8("empty"))).isNotNull().isEmpty();
    assertThat(backend.count(1, List.of())).isEqualTo(2);
    assertThat(backend.scan(1, new byte[0], null, 10)).hasSize(2);
    assertThat(backend.scan(1, new byte[0], new byte[0], 10)).as("behind the empty key").hasSize(1);
    assertThat(backend.getAll(1, List.of(new byte[0], Bytes.utf8("empty")))).hasSize(2);
  }

  @Test
  default void get_keysThatTextWouldTakeForEqual_areDistinct() {
    List<byte[]> keys =
        List.of(
            Bytes.utf8("a"),
            Bytes.utf8("A"),
            Bytes.utf8("\u00e4"),
            Bytes.utf8("a\u0308"),
            Bytes.utf8("a "),
            Bytes.of('a', 0),
            Bytes.of('a', 0, 0),
            Bytes.of(0),
            Bytes.of(0, 0),
            Bytes.of(0x80),
            Bytes.of(0xff),
            Bytes.of(0xc0, 0x80));
    BackendOwner owner = fixture().own();
    owner.commit(c -> keys.forEach(key -> c.put(1, key, Bytes.utf8(Bytes.show(key)))));
    for (byte[] key : keys) {
      assertThat(owner.backend().get(1, key)).isEqualTo(Bytes.utf8(Bytes.show(key)));
    }
    assertThat(owner.backend().count(1, List.of())).isEqualTo(keys.size());
  }

  @Test
  default void getAll_givesThoseWithAValue() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a", "1").put(1, "b", "2").put(2, "c", "3"));
    List<byte[]> keys =
        List.of(Bytes.utf8("b"), Bytes.utf8("c"), Bytes.utf8("absent"), Bytes.utf8("a"));
    assertThat(owner.backend().getAll(1, keys))
        .extracting(e -> Bytes.show(e.key()) + "=" + Bytes.show(e.value()))
        .containsExactlyInAnyOrder("61=31", "62=32");
    assertThat(owner.backend().getAll(1, List.of())).isEmpty();
    assertThat(owner.backend().getAll(9, keys)).isEmpty();
  }

  @Test
  default void getAllAndCount_takeManyKeys() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "key-00007", "a").put(1, "key-69999", "b").put(1, "other", "c"));
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < 70_000; i++) { // more than a statement of any database takes parameters
      keys.add(Bytes.utf8("key-%05d".formatted(i)));
    }
    assertThat(owner.backend().getAll(1, keys)).hasSize(2);
    assertThat(owner.backend().count(1, keys)).isEqualTo(1);
  }

  @Test
  default void count_leavesOutExceptions() {
    BackendOwner owner = fixture().own();
    StateBackend backend = owner.backend();
    assertThat(backend.count(1, List.of())).isZero();
    assertThat(backend.count(1, List.of(Bytes.utf8("a")))).isZero();
    owner.commit(c -> c.put(1, "a", "1").put(1, "b", "2").put(1, "c", "3").put(2, "d", "4"));
    assertThat(backend.count(1, List.of())).isEqualTo(3);
    assertThat(backend.count(1, List.of(Bytes.utf8("a"), Bytes.utf8("absent")))).isEqualTo(2);
    assertThat(backend.count(1, List.of(Bytes.utf8("d")))).isEqualTo(3);
    assertThat(backend.count(2, List.of(Bytes.utf8("d")))).isZero();
  }

  @Test
  default void scan_isInUnsignedOrder() {
    BackendOwner owner = fixture().own();
    TreeMap<byte[], String> model = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < 256; i++) {
      model.put(Bytes.of(i), "");
      model.put(Bytes.of(i, 0), "");
      model.put(Bytes.of(0x7f, i), "");
      model.put(Bytes.of(0xff, i), "");
    }
    owner.commit(c -> model.keySet().forEach(key -> c.put(1, key, new byte[0])));
    assertThat(owner.dump(1))
        .isEqualTo(model.keySet().stream().map(key -> Bytes.show(key) + "=").toList());
  }

  @Test
  default void scan_givesTheKeysUnderAPrefix() {
    BackendOwner owner = fixture().own();
    owner.commit(
        c ->
            c.put(1, "a", "")
                .put(1, "ab", "")
                .put(1, "ab\0", "")
                .put(1, "abc", "")
                .put(1, Bytes.of('a', 'b', 0xff, 0xff), new byte[0])
                .put(1, "ac", "")
                .put(1, Bytes.of(0xff), new byte[0])
                .put(1, Bytes.of(0xff, 0xff), new byte[0])
                .put(1, Bytes.of(0xff, 0xff, 1), new byte[0])
                .put(2, "abz", ""));
    StateBackend backend = owner.backend();
    assertThat(keys(backend.scan(1, Bytes.utf8("ab"), null, 100)))
        .containsExactly("6162", "616200", "616263", "6162ffff");
    assertThat(keys(backend.scan(1, Bytes.of(0xff), null, 100)))
        .containsExactly("ff", "ffff", "ffff01");
    assertThat(keys(backend.scan(1, Bytes.of(0xff, 0xff), null, 100)))
        .containsExactly("ffff", "ffff01");
    assertThat(backend.scan(1, Bytes.utf8("b"), null, 100)).isEmpty();
    assertThat(backend.scan(9, new byte[0], null, 100)).isEmpty();
  }

  @Test
  default void scan_beginsBehindAfter() {
    BackendOwner owner = fixture().own();
    owner.commit(c -> c.put(1, "a1", "").put(1, "a2", "").put(1, "a4", "").put(1, "b1", ""));
    StateBackend backend = owner.backend();
    byte[] a = Bytes.utf8("a");
    assertThat(keys(backend.scan(1, a, Bytes.utf8("a1"), 100))).containsExactly("6132", "6134");
    assertThat(keys(backend.scan(1, a, Bytes.utf8("a3"), 100)))
        .as("a key that is not there")
        .containsExactly("6134");
    assertThat(keys(backend.scan(1, a, Bytes.utf8("0"), 100)))
        .as("a key before the prefix")
        .containsExactly("6131", "6132", "6134");
    assertThat(backend.scan(1, a, Bytes.utf8("b0"), 100)).as("a key behind the prefix").isEmpty();
    assertThat(backend.scan(1, a, Bytes.utf8("a4"), 100)).isEmpty();
  }

  @Test
  default void scan_pagesOfAnySize_giveEachKeyOnce() {
    BackendOwner owner = fixture().own();
    List<String> expected = new ArrayList<>();
    owner.commit(
        c -> {
          for (int i = 0; i < 42; i++) {
            byte[] key = Bytes.of('p', i * 6);
            c.put(1, key, Bytes.of(i));
            expected.add(Bytes.show(key));
          }
          c.put(1, "q", "not under the prefix").put(1, "o", "neither");
        });
    for (int limit : List.of(1, 2, 3, 7, 41, 42, 43, 10_000)) {
      List<String> seen = new ArrayList<>();
      byte[] after = null;
      List<Entry> page;
      do {
        page = owner.backend().scan(1, Bytes.utf8("p"), after, limit);
        assertThat(page.size()).isLessThanOrEqualTo(limit);
        seen.addAll(keys(page));
        assertThat(seen.size()).as("pages of %d", limit).isLessThanOrEqualTo(expected.size());
        after = page.isEmpty() ? after : page.get(page.size() - 1).key();
      } while (page.size() == limit);
      assertThat(seen).as("pages of %d", limit).isEqualTo(expected);
    }
  }

  @Test
  default void reads_ofRandomEntries_agreeWithAModel() {
    BackendOwner owner = fixture().own();
    RandomSeed.run(
        random -> {
          BackendModel model = new BackendModel();
          owner.commit(
              c -> {
                c.clear(1);
                for (int i = 0; i < 300; i++) {
                  byte[] key = Bytes.random(random, random.nextInt(4));
                  for (int k = 0; k < key.length; k++) {
                    key[k] = (byte) (random.nextBoolean() ? key[k] : key[k] >> 6);
                  }
                  model.space(1).put(key, Bytes.random(random, random.nextInt(200)));
                }
                model.space(1).forEach((key, value) -> c.put(1, key, value));
              });
          assertThat(owner.dump(1)).isEqualTo(model.dump(1));
          for (int i = 0; i < 200; i++) {
            byte[] prefix = Bytes.random(random, random.nextInt(3));
            byte[] after = random.nextInt(3) == 0 ? null : Bytes.random(random, random.nextInt(4));
            int limit = 1 + random.nextInt(20);
            assertThat(keys(owner.backend().scan(1, prefix, after, limit)))
                .as(
                    "scan(%s, %s, %d)",
                    Bytes.show(prefix), after == null ? null : Bytes.show(after), limit)
                .isEqualTo(keys(model.scan(1, prefix, after, limit)));
          }
        });
  }

  private static List<String> keys(List<Entry> entries) {
    return entries.stream().map(entry -> Bytes.show(entry.key())).toList();
  }
}
