package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectNotFoundException;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.PutResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every object store must do, as tests. A storage passes them with a class of ten lines:
 *
 * <pre>{@code
 * class MyObjectStoreTest extends ObjectStoreContract {
 *   private final MyPlace place = freshPlace();
 *
 *   @Override
 *   protected ObjectStore open() {
 *     return new MyObjectStore(place);
 *   }
 * }
 * }</pre>
 */
@Timeout(120) // a hang is a failure, too
@ExtendWith(LeakExtension.class)
public abstract class ObjectStoreContract {
  private static final PutResult CREATED = new PutResult.Created();
  private static final PutResult EXISTS = new PutResult.Exists();
  private static final int THREADS = 8;
  private static final int BIG = 16 << 20;

  private final Deque<ObjectStore> opened = new ArrayDeque<>();

  /**
   * One more connection to the same, at first empty, place. Each is closed after the test, in
   * reverse order.
   */
  protected abstract ObjectStore open() throws Exception;

  /** Called after each test, when every connection is closed. */
  protected void discardPlace() throws Exception {}

  /** How many races are run; fewer where each request costs money. */
  protected int rounds() {
    return 200;
  }

  private ObjectStore connect() throws Exception {
    ObjectStore objects = open();
    opened.push(objects);
    return objects;
  }

  @AfterEach
  final void closeConnections() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
    discardPlace();
  }

  private static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(Bytes.utf8(text));
  }

  private static String text(ObjectStore objects, String key) {
    return new String(objects.get(key, 0, 1 << 16), StandardCharsets.UTF_8);
  }

  private static List<String> keys(ObjectStore objects, String prefix) {
    return objects.list(prefix, null, 1000).stream().map(ObjectInfo::key).toList();
  }

  // ---- creating -------------------------------------------------------------------------------

  @Test
  void putIfAbsent_creates_andTheSecondFindsIt() throws Exception {
    ObjectStore objects = connect();
    assertThat(objects.putIfAbsent("a", buffer("first"))).isEqualTo(CREATED);
    assertThat(objects.putIfAbsent("a", buffer("second"))).isEqualTo(EXISTS);
    assertThat(objects.putIfAbsent("a", buffer("first"))).isEqualTo(EXISTS);
    assertThat(connect().putIfAbsent("a", buffer("third"))).isEqualTo(EXISTS);
    assertThat(text(objects, "a")).isEqualTo("first");
  }

  @Test
  void putIfAbsent_isSeenByEveryConnection() throws Exception {
    ObjectStore writer = connect();
    ObjectStore reader = connect();
    assertThat(keys(reader, "")).isEmpty();
    writer.putIfAbsent("c/1", buffer("one"));
    assertThat(text(reader, "c/1")).isEqualTo("one");
    assertThat(reader.list("", null, 10)).containsExactly(new ObjectInfo("c/1", 3));
    reader.delete("c/1");
    assertThat(keys(writer, "")).isEmpty();
  }

  @Test
  void putIfAbsent_takesAnyKeyThatIsAllowed() throws Exception {
    ObjectStore objects = connect();
    List<String> keys =
        List.of(
            "FORMAT",
            "0",
            "a/b/c/d/e/f/g",
            "...",
            "..a/.b/c..",
            "-_-/_-_",
            "AZaz09._-",
            "x".repeat(200),
            "y/".repeat(99) + "zz");
    for (String key : keys) {
      assertThat(objects.putIfAbsent(key, buffer(key))).isEqualTo(CREATED);
    }
    for (String key : keys) {
      assertThat(text(objects, key)).isEqualTo(key);
    }
    assertThat(keys(connect(), "")).containsExactlyElementsOf(new TreeSet<>(keys));
  }

  @Test
  void badKeys_areRefused() throws Exception {
    ObjectStore objects = connect();
    for (String key :
        List.of(
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "./a",
            "a/.",
            "a/..",
            "a/../b",
            "a b",
            "a\\b",
            "a:b",
            "a%2e",
            "\u00e4",
            "a\n",
            "a\0",
            "x".repeat(201))) {
      assertThatThrownBy(() -> objects.putIfAbsent(key, buffer("x")))
          .as(key)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> objects.get(key, 0, 1))
          .as(key)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> objects.delete(key))
          .as(key)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(keys(objects, "")).isEmpty();
  }

  @Test
  void putIfAbsent_leavesTheBuffersAsTheyWere() throws Exception {
    ObjectStore objects = connect();
    ByteBuffer heap = ByteBuffer.wrap(Bytes.utf8("--one--")).position(2).limit(5);
    ByteBuffer direct = ByteBuffer.allocateDirect(8).put(Bytes.utf8("two")).flip();
    ByteBuffer readOnly = buffer("three").asReadOnlyBuffer();
    ByteBuffer slice = buffer("..four").position(2).slice();
    ByteBuffer none = ByteBuffer.allocate(0);
    for (int i = 0; i < 2; i++) {
      assertThat(objects.putIfAbsent("key-" + i, heap, none, direct, readOnly, slice))
          .isEqualTo(CREATED);
      assertThat(objects.putIfAbsent("key-" + i, heap, none, direct, readOnly, slice))
          .isEqualTo(EXISTS);
      assertThat(List.of(heap.position(), heap.limit())).containsExactly(2, 5);
      assertThat(List.of(direct.position(), direct.limit())).containsExactly(0, 3);
      assertThat(List.of(readOnly.position(), readOnly.limit())).containsExactly(0, 5);
      assertThat(text(objects, "key-" + i)).isEqualTo("onetwothreefour");
    }
  }

  @Test
  void putIfAbsent_takesNothing() throws Exception {
    ObjectStore objects = connect();
    assertThat(objects.putIfAbsent("empty")).isEqualTo(CREATED);
    assertThat(objects.putIfAbsent("empty", buffer("more"))).isEqualTo(EXISTS);
    assertThat(objects.get("empty", 0, 10)).isEmpty();
    assertThat(objects.list("e", null, 10)).containsExactly(new ObjectInfo("empty", 0));
  }

  @Test
  void putIfAbsent_takesBigObjects_inManyBuffers() throws Exception {
    ObjectStore objects = connect();
    byte[] bytes = Bytes.random(new Random(16), BIG);
    int part = 48 << 10;
    List<ByteBuffer> parts = new ArrayList<>();
    for (int at = 0; at < BIG; at += part) {
      parts.add(ByteBuffer.wrap(bytes, at, Math.min(part, BIG - at)));
    }
    ByteBuffer[] data = parts.toArray(ByteBuffer[]::new);
    assertThat(objects.putIfAbsent("big", data)).isEqualTo(CREATED);
    assertThat(Bytes.show(connect().get("big", 0, BIG + 1))).isEqualTo(Bytes.show(bytes));
    assertThat(objects.list("", null, 1)).containsExactly(new ObjectInfo("big", BIG));
    byte[] middle = new byte[4 << 20];
    System.arraycopy(bytes, 7_654_321, middle, 0, middle.length);
    assertThat(Bytes.show(objects.get("big", 7_654_321, middle.length)))
        .isEqualTo(Bytes.show(middle));
  }

  @Test
  void putIfAbsent_hasOneWinner_andItsBytesAreThere() throws Exception {
    List<ObjectStore> racers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      racers.add(connect());
    }
    CyclicBarrier start = new CyclicBarrier(THREADS);
    try (Threads threads = new Threads()) {
      List<Future<List<Boolean>>> wins = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int racer = i;
        wins.add(
            threads.call(
                () -> {
                  List<Boolean> won = new ArrayList<>();
                  for (int round = 0; round < rounds(); round++) {
                    start.await();
                    ByteBuffer data = buffer(("racer " + racer).repeat(100));
                    PutResult result = racers.get(racer).putIfAbsent("race/" + round, data);
                    assertThat(result).isIn(CREATED, EXISTS);
                    won.add(result.equals(CREATED));
                  }
                  return won;
                }));
      }
      threads.join();
      for (int round = 0; round < rounds(); round++) {
        List<Integer> winners = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          if (Threads.get(wins.get(i)).get(round)) {
            winners.add(i);
          }
        }
        assertThat(winners).as("winners of round " + round).hasSize(1);
        assertThat(text(racers.get(0), "race/" + round))
            .isEqualTo(("racer " + winners.get(0)).repeat(100));
      }
    }
  }

  // ---- reading --------------------------------------------------------------------------------

  @Test
  void get_readsRanges() throws Exception {
    ObjectStore objects = connect();
    objects.putIfAbsent("a", buffer("0123456789"));
    assertThat(objects.get("a", 0, 4)).isEqualTo(Bytes.utf8("0123"));
    assertThat(objects.get("a", 3, 4)).isEqualTo(Bytes.utf8("3456"));
    assertThat(objects.get("a", 0, 10)).isEqualTo(Bytes.utf8("0123456789"));
    assertThat(objects.get("a", 8, 10)).isEqualTo(Bytes.utf8("89"));
    assertThat(objects.get("a", 9, 1)).isEqualTo(Bytes.utf8("9"));
    assertThat(objects.get("a", 10, 1)).isEmpty();
    assertThat(objects.get("a", 1L << 40, 1)).isEmpty();
    assertThat(objects.get("a", 5, 0)).isEmpty();
  }

  @Test
  void get_absent_isNotFound() throws Exception {
    ObjectStore objects = connect();
    objects.putIfAbsent("a/b", buffer("x"));
    for (String key : List.of("b", "a", "a/b/c", "a/bb", "A/b")) {
      assertThatThrownBy(() -> objects.get(key, 0, 10))
          .isInstanceOfSatisfying(
              ObjectNotFoundException.class, e -> assertThat(e.key()).isEqualTo(key));
      assertThatThrownBy(() -> objects.get(key, 0, 0)).isInstanceOf(ObjectNotFoundException.class);
    }
  }

  // ---- listing --------------------------------------------------------------------------------

  @Test
  void list_isOrderedByCharacters_acrossFolders() throws Exception {
    ObjectStore objects = connect();
    List<String> keys =
        List.of("a-b/1", "a.b", "a/0", "a/b/2", "a/b1", "a0", "aC", "a_b/3", "ab", "Z", "b/c");
    for (String key : keys) {
      objects.putIfAbsent(key, buffer(key));
    }
    List<String> sorted = List.copyOf(new TreeSet<>(keys));
    assertThat(keys(objects, "")).containsExactlyElementsOf(sorted);
    for (String prefix :
        List.of("a", "a/", "a/b", "a/b/", "a-", "a/b/2", "Z", "c", "a/b/2/", "b/c")) {
      assertThat(keys(objects, prefix))
          .as(prefix)
          .containsExactlyElementsOf(sorted.stream().filter(k -> k.startsWith(prefix)).toList());
    }
  }

  @Test
  void list_pages_andBeginsBehindAnything() throws Exception {
    ObjectStore objects = connect();
    TreeSet<String> keys = new TreeSet<>();
    for (int i = 0; i < 25; i++) {
      String key = "p/" + i % 5 + "/k-" + i;
      objects.putIfAbsent(key, buffer("x".repeat(i)));
      keys.add(key);
    }
    objects.putIfAbsent("o", buffer("before"));
    objects.putIfAbsent("q", buffer("behind"));
    for (int max : List.of(1, 2, 7, 25, 26)) {
      List<String> listed = new ArrayList<>();
      String after = null;
      while (true) {
        List<ObjectInfo> page = objects.list("p/", after, max);
        page.forEach(info -> listed.add(info.key()));
        assertThat(page).hasSizeLessThanOrEqualTo(max);
        if (page.size() < max) {
          break;
        }
        after = page.get(max - 1).key();
      }
      assertThat(listed).as("pages of " + max).containsExactlyElementsOf(keys);
    }
    // A start need not be a key that there is, nor lie below the prefix.
    for (String start :
        List.of("a", "p", "p/", "p/2", "p/2/", "p/20", "p/2/k-1", "p/4/z", "p0", "z")) {
      List<String> expected = new ArrayList<>(keys.tailSet(start, false));
      assertThat(objects.list("p/", start, 100).stream().map(ObjectInfo::key))
          .as(start)
          .containsExactlyElementsOf(expected);
    }
  }

  @Test
  void list_ofManyObjects_isComplete() throws Exception {
    ObjectStore objects = connect();
    int count = 2_100; // two pages where a storage answers with 1,000 at most
    for (int i = 0; i < count; i++) {
      objects.putIfAbsent("many/%05d".formatted(i), ByteBuffer.allocate(1));
    }
    assertThat(objects.list("many/", null, 5_000)).hasSize(count);
    assertThat(objects.list("many/", "many/00999", 1_050)).hasSize(1_050);
  }

  @Test
  void list_whileOthersCreate_showsWhatIsThere_wholeAndInOrder() throws Exception {
    ObjectStore writer = connect();
    ObjectStore reader = connect();
    AtomicBoolean done = new AtomicBoolean();
    try (Threads threads = new Threads()) {
      threads.run(
          () -> {
            try {
              for (int i = 0; i < rounds(); i++) {
                writer.putIfAbsent("w/%05d".formatted(i), ByteBuffer.allocate(5_000));
                if (i % 2 == 1) {
                  writer.delete("w/%05d".formatted(i));
                }
              }
            } finally {
              done.set(true);
            }
          });
      int seen = 0;
      while (!done.get()) {
        List<ObjectInfo> listed = reader.list("w/", null, 100_000);
        assertThat(listed.stream().map(ObjectInfo::length)).allMatch(length -> length == 5_000);
        assertThat(listed.stream().map(ObjectInfo::key)).isSorted().doesNotHaveDuplicates();
        int kept = (int) listed.stream().filter(info -> isEven(info.key())).count();
        assertThat(kept).as("objects that are never deleted").isGreaterThanOrEqualTo(seen);
        if (kept > 0) { // no gap below the newest
          assertThat(
                  listed.stream().filter(info -> isEven(info.key())).toList().get(kept - 1).key())
              .isEqualTo("w/%05d".formatted((kept - 1) * 2));
        }
        seen = kept;
      }
      threads.join();
    }
    assertThat(keys(reader, "w/")).hasSize(Math.min(1000, (rounds() + 1) / 2));
  }

  private static boolean isEven(String key) {
    return Integer.parseInt(key.substring(2)) % 2 == 0;
  }

  @Test
  void get_whileAnotherCreates_seesAllOrNothing() throws Exception {
    ObjectStore writer = connect();
    ObjectStore reader = connect();
    int length = 1 << 20;
    try (Threads threads = new Threads()) {
      for (int round = 0; round < Math.min(20, rounds()); round++) {
        String key = "whole/" + round;
        Future<PutResult> put =
            threads.call(() -> writer.putIfAbsent(key, ByteBuffer.allocate(length)));
        boolean found = false;
        while (!found) {
          boolean created = put.isDone();
          try {
            assertThat(reader.get(key, 0, length + 1)).hasSize(length);
            found = true;
          } catch (ObjectNotFoundException e) {
            assertThat(created).as("created, and not found").isFalse();
          }
        }
        assertThat(Threads.get(put)).isEqualTo(CREATED);
      }
    }
  }

  // ---- deleting -------------------------------------------------------------------------------

  @Test
  void delete_removes_andAgainIsNoError() throws Exception {
    ObjectStore objects = connect();
    objects.putIfAbsent("d/a", buffer("1"));
    objects.putIfAbsent("d/ab", buffer("2"));
    objects.delete("d/a");
    objects.delete("d/a");
    objects.delete("d");
    objects.delete("never/was");
    assertThatThrownBy(() -> objects.get("d/a", 0, 1)).isInstanceOf(ObjectNotFoundException.class);
    assertThat(keys(objects, "d")).containsExactly("d/ab");
  }

  @Test
  void delete_makesRoomForAnother() throws Exception {
    ObjectStore objects = connect();
    objects.putIfAbsent("a/b", buffer("1"));
    objects.delete("a/b");
    assertThat(objects.putIfAbsent("a/b", buffer("2"))).isEqualTo(CREATED);
    assertThat(text(connect(), "a/b")).isEqualTo("2");
    objects.delete("a/b");
    assertThat(keys(objects, "")).isEmpty();
  }

  @Test
  void differentKeys_doNotDisturbEachOther() throws Exception {
    try (Threads threads = new Threads()) {
      for (int i = 0; i < THREADS; i++) {
        ObjectStore objects = connect();
        String folder = "folder/" + i % 2;
        int worker = i;
        threads.run(
            () -> {
              for (int round = 0; round < rounds() / 4; round++) {
                String key = folder + "/" + worker + "/" + round % 3;
                assertThat(objects.putIfAbsent(key, buffer(key))).isEqualTo(CREATED);
                assertThat(text(objects, key)).isEqualTo(key);
                objects.delete(key);
              }
            });
      }
      threads.join();
    }
    assertThat(keys(connect(), "")).isEmpty();
  }
}
