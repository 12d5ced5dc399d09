package io.pagurus.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectNotFoundException;
import io.pagurus.internal.log.PutResult;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects as files, on a real disk and on one that fails. */
class DirectoryObjectStoreTest {
  private static final Path SIMULATED = Path.of("/data/checkout");

  @TempDir Path directory;

  private static DirectoryObjectStore store(Disk disk, Path root) {
    Directories directories = new Directories(disk, root);
    UUID self = UUID.randomUUID();
    return new DirectoryObjectStore(disk, directories, new WriteOnceFiles(disk, directories, self));
  }

  private DirectoryObjectStore store() {
    return store(new LocalDisk(Durability.POWER), directory.resolve("checkout"));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String text(DirectoryObjectStore store, String key) {
    return new String(store.get(key, 0, 1_000), UTF_8);
  }

  private static List<String> keys(List<ObjectInfo> objects) {
    return objects.stream().map(ObjectInfo::key).toList();
  }

  @Test
  void put_createsOnceAndNeverChanges() {
    DirectoryObjectStore store = store();
    ByteBuffer one = bytes("one");
    assertThat(store.putIfAbsent("s/1/a", one, bytes("+"))).isEqualTo(new PutResult.Created());
    assertThat(one.remaining()).isEqualTo(3);
    assertThat(store.putIfAbsent("s/1/a", bytes("two"))).isEqualTo(new PutResult.Exists());
    assertThat(text(store(), "s/1/a")).isEqualTo("one+");
    assertThat(store.putIfAbsent("empty")).isEqualTo(new PutResult.Created());
    assertThat(store.get("empty", 0, 10)).isEmpty();
  }

  /** Beside commits it is written in small pieces; whoever is asked between may end it. */
  @Test
  void putInPieces_callsBetweenThem_andEndsWithNothingWhenThatThrows() throws IOException {
    DirectoryObjectStore store = store();
    byte[] content = new byte[3 << 20];
    new Random(5).nextBytes(content);
    ByteBuffer[] data = {
      ByteBuffer.wrap(content, 0, 100_000).slice(),
      ByteBuffer.wrap(content, 100_000, content.length - 100_000).slice()
    };
    AtomicInteger pieces = new AtomicInteger();
    assertThat(store.putIfAbsent("s/1/a", pieces::incrementAndGet, data))
        .isEqualTo(new PutResult.Created());
    assertThat(pieces.get()).isBetween(6, 12);
    assertThat(store.get("s/1/a", 0, content.length + 1)).isEqualTo(content);

    CancellationException unwanted = new CancellationException();
    assertThatThrownBy(
            () ->
                store.putIfAbsent(
                    "s/1/b",
                    () -> {
                      throw unwanted;
                    },
                    data))
        .isSameAs(unwanted);
    assertThat(keys(store.list("", null, 10))).containsExactly("s/1/a");
    try (Stream<Path> left = Files.list(directory.resolve("checkout/tmp"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void get_readsRanges() {
    DirectoryObjectStore store = store();
    store.putIfAbsent("a", bytes("0123456789"));
    assertThat(store.get("a", 3, 4)).asString().isEqualTo("3456");
    assertThat(store.get("a", 8, 4)).asString().isEqualTo("89");
    assertThat(store.get("a", 10, 4)).isEmpty();
    assertThat(store.get("a", 100, 4)).isEmpty();
    assertThatThrownBy(() -> store.get("b/c", 0, 1))
        .isInstanceOf(ObjectNotFoundException.class)
        .hasMessageContaining("b/c");
  }

  @Test
  void list_goesByCharacterAndInPages() {
    DirectoryObjectStore store = store();
    List<String> keys = List.of("FORMAT", "a-b", "a.c", "a/b", "a/c/d", "a/c0", "a0", "s/1/x");
    List<String> shuffled = new ArrayList<>(keys);
    java.util.Collections.reverse(shuffled);
    shuffled.forEach(key -> store.putIfAbsent(key, bytes(key)));

    assertThat(keys(store.list("", null, 100))).isEqualTo(keys).isSorted();
    assertThat(store.list("a/c/", null, 9)).containsExactly(new ObjectInfo("a/c/d", 5));
    assertThat(keys(store.list("a", null, 9))).isEqualTo(keys.subList(1, 7));
    assertThat(keys(store.list("a/", "a/b", 9))).containsExactly("a/c/d", "a/c0");
    assertThat(keys(store.list("a/c", null, 9))).containsExactly("a/c/d", "a/c0");
    assertThat(store.list("nothing", null, 9)).isEmpty();
    assertThat(store.list("", null, 0)).isEmpty();
    for (int max = 1; max < 4; max++) {
      List<String> paged = new ArrayList<>();
      String after = null;
      for (List<String> page; !(page = keys(store.list("", after, max))).isEmpty(); ) {
        paged.addAll(page);
        after = page.get(page.size() - 1);
      }
      assertThat(paged).isEqualTo(keys);
    }
  }

  @Test
  void delete_isIdempotent() {
    DirectoryObjectStore store = store();
    store.putIfAbsent("s/1/a", bytes("one"));
    store.delete("s/1/a");
    store.delete("s/1/a");
    assertThat(store.list("", null, 9)).isEmpty();
    assertThat(store.putIfAbsent("s/1/a", bytes("two"))).isEqualTo(new PutResult.Created());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.", "a b", "a\\b", "é", "tmp/a",
        "tmp", "LOCK"
      })
  void key_thatIsNone_isRefused(String key) {
    DirectoryObjectStore store = store();
    assertThatThrownBy(() -> store.putIfAbsent(key, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.get(key, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.delete(key)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void key_ofTheGreatestLength_isTaken() {
    DirectoryObjectStore store = store();
    assertThat(store.putIfAbsent("a..b/" + "x".repeat(195), bytes("x")))
        .isEqualTo(new PutResult.Created());
    assertThatThrownBy(() -> store.putIfAbsent("x".repeat(201), bytes("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void put_ofManyAtOnce_hasOneWinner() throws Exception {
    int threads = 8;
    int rounds = 200;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CyclicBarrier barrier = new CyclicBarrier(threads);
    try {
      List<Future<List<String>>> won = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        String me = "thread " + thread;
        won.add(
            pool.submit(
                () -> {
                  DirectoryObjectStore store =
                      store(new LocalDisk(Durability.PROCESS), directory.resolve("race"));
                  List<String> mine = new ArrayList<>();
                  for (int round = 0; round < rounds; round++) {
                    barrier.await();
                    String key = "c/" + round;
                    PutResult result = store.putIfAbsent(key, bytes(me));
                    if (result instanceof PutResult.Created) {
                      mine.add(key);
                    } else {
                      assertThat(result).isEqualTo(new PutResult.Exists());
                    }
                    assertThat(text(store, key)).startsWith("thread");
                  }
                  return mine;
                }));
      }
      DirectoryObjectStore store =
          store(new LocalDisk(Durability.PROCESS), directory.resolve("race"));
      int winners = 0;
      for (int thread = 0; thread < threads; thread++) {
        for (String key : won.get(thread).get()) {
          assertThat(text(store, key)).isEqualTo("thread " + thread);
          winners++;
        }
      }
      assertThat(winners).isEqualTo(rounds);
      assertThat(store.list("c/", null, 1_000)).hasSize(rounds);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void files_areForTheirOwnerOnly() throws IOException {
    store().putIfAbsent("s/1/a", bytes("one"));
    try (var files = Files.walk(directory.resolve("checkout"))) {
      for (Path path : (Iterable<Path>) files::iterator) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
      }
    }
    assertThat(directory.resolve("checkout/tmp")).isEmptyDirectory();
  }

  @Test
  void volumeThatIsNotMounted_isNoEmptyStore() throws IOException {
    DirectoryObjectStore store = store();
    store.putIfAbsent("s/1/a", bytes("one"));
    Files.move(directory.resolve("checkout"), directory.resolve("aside"));
    assertThatThrownBy(() -> store.get("s/1/a", 0, 1))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("mounted");
    assertThatThrownBy(() -> store.list("", null, 1)).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> store.delete("s/1/a")).isInstanceOf(StoreUnavailableException.class);
    assertThat(store.putIfAbsent("s/1/b", bytes("x"))).isInstanceOf(PutResult.NotCreated.class);
  }

  @Test
  void leftOvers_areRemovedByTheOwner() throws IOException {
    Disk disk = new LocalDisk(Durability.POWER);
    Directories directories = new Directories(disk, directory);
    WriteOnceFiles files = new WriteOnceFiles(disk, directories, new UUID(1, 1));
    files.removeLeftovers();
    files.create(directory.resolve("a"), bytes("x"));
    Path left = Files.writeString(directory.resolve("tmp/" + new UUID(2, 2) + "-1"), "half");
    Path mine = Files.writeString(directory.resolve("tmp/" + new UUID(1, 1) + "-9"), "half");
    files.removeLeftovers();
    assertThat(left).doesNotExist();
    assertThat(mine).exists();
  }

  @Test
  void fileRemovedByAnotherOwner_isWrittenAgain() throws IOException {
    SimulatedDisk disk = new SimulatedDisk(1);
    Directories directories = new Directories(disk, SIMULATED);
    WriteOnceFiles files = new WriteOnceFiles(disk, directories, new UUID(1, 1));
    WriteOnceFiles others = new WriteOnceFiles(disk, directories, new UUID(2, 2));
    boolean[] removed = {false};
    disk.fault(
        (call, path) -> {
          if (call == SimulatedDisk.Call.LINK && !removed[0]) {
            removed[0] = true;
            others.removeLeftovers();
          }
        });
    assertThat(files.create(SIMULATED.resolve("a"), bytes("x"))).isEqualTo(new PutResult.Created());
    assertThat(removed[0]).isTrue();
  }

  // ---- a disk that fails ----------------------------------------------------------------------

  @Test
  void fullDisk_createsNothing() {
    SimulatedDisk disk = new SimulatedDisk(1);
    DirectoryObjectStore store = store(disk, SIMULATED);
    disk.room(5);
    disk.mostBytesPerWrite(2);
    assertThat(store.putIfAbsent("a", bytes("0123456789")))
        .isInstanceOf(PutResult.NotCreated.class);
    assertThat(store.list("", null, 9)).isEmpty();
    disk.room(100);
    assertThat(store.putIfAbsent("a", bytes("0123456789"))).isEqualTo(new PutResult.Created());
    assertThat(text(store, "a")).isEqualTo("0123456789");
  }

  @Test
  void failedForce_ofTheContent_createsNothing() {
    SimulatedDisk disk = new SimulatedDisk(1);
    DirectoryObjectStore store = store(disk, SIMULATED);
    disk.failNext(SimulatedDisk.Call.FORCE);
    assertThat(store.putIfAbsent("a", bytes("x"))).isInstanceOf(PutResult.NotCreated.class);
    assertThat(store.putIfAbsent("a", bytes("x"))).isEqualTo(new PutResult.Created());
    disk.cutPower();
    assertThat(text(store, "a")).isEqualTo("x");
  }

  @Test
  void failedForce_ofTheName_staysInDoubt() {
    SimulatedDisk disk = new SimulatedDisk(1);
    DirectoryObjectStore store = store(disk, SIMULATED);
    store.putIfAbsent("s/1/a", bytes("x"));
    disk.failNext(SimulatedDisk.Call.FORCE_DIRECTORY);
    assertThat(store.putIfAbsent("s/1/b", bytes("x"))).isInstanceOf(PutResult.Unknown.class);
    assertThat(store.putIfAbsent("s/1/b", bytes("x"))).isInstanceOf(PutResult.Unknown.class);
    assertThat(store.putIfAbsent("s/1/c", bytes("x"))).isEqualTo(new PutResult.Created());
    disk.cutPower();
    assertThat(text(store, "s/1/c")).isEqualTo("x");
  }

  @Test
  void linkWithoutAnAnswer_isUnknown() {
    SimulatedDisk disk = new SimulatedDisk(1);
    DirectoryObjectStore store = store(disk, SIMULATED);
    disk.failNext(SimulatedDisk.Call.LINK);
    assertThat(store.putIfAbsent("a", bytes("x"))).isInstanceOf(PutResult.Unknown.class);
    assertThat(store.putIfAbsent("a", bytes("x"))).isEqualTo(new PutResult.Created());
  }

  @Test
  void existing_isDurableToo() {
    SimulatedDisk disk = new SimulatedDisk(1);
    DirectoryObjectStore first = store(disk, SIMULATED);
    first.putIfAbsent("a", bytes("x"));
    disk.failNext(SimulatedDisk.Call.FORCE_DIRECTORY);
    assertThat(first.putIfAbsent("b", bytes("x"))).isInstanceOf(PutResult.Unknown.class);
    assertThat(store(disk, SIMULATED).putIfAbsent("b", bytes("x")))
        .isEqualTo(new PutResult.Exists());
    disk.cutPower();
    assertThat(text(first, "b")).isEqualTo("x");
  }

  @Test
  void created_survivesAPowerCutAtOnce() {
    for (int seed = 0; seed < 100; seed++) {
      SimulatedDisk disk = new SimulatedDisk(seed);
      DirectoryObjectStore store = store(disk, SIMULATED);
      for (String key : List.of("FORMAT", "s/1/a", "s/2/b")) {
        assertThat(store.putIfAbsent(key, bytes(key))).isEqualTo(new PutResult.Created());
        disk.cutPower();
        assertThat(text(store, key)).isEqualTo(key);
      }
    }
  }

  /** Else the name of a seal could survive a power cut, and that of the commit before it not. */
  @Test
  void putIfAbsent_behindWhatSomebodyElseMade_forcesThatFirst() {
    List<String> calls = new ArrayList<>();
    Disk recorded =
        (Disk)
            Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (proxy, method, arguments) -> {
                  boolean forced = method.getName().equals("forceDirectory");
                  if (method.getName().equals("link")
                      || (forced && ((Path) arguments[0]).endsWith("c"))) {
                    calls.add(method.getName());
                  }
                  try {
                    return method.invoke(new LocalDisk(Durability.POWER), arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    DirectoryObjectStore first = store();
    first.putIfAbsent("c/1", bytes("commit"));
    DirectoryObjectStore second = store(recorded, directory.resolve("checkout"));
    second.putIfAbsent("warm/up", bytes("makes tmp"));
    calls.clear();

    second.putIfAbsent("c/2", bytes("seal"));
    assertThat(calls).containsExactly("forceDirectory", "link", "forceDirectory");

    calls.clear();
    second.putIfAbsent("c/3", bytes("own commit"));
    assertThat(calls).as("nobody else writes there").containsExactly("link", "forceDirectory");

    first.putIfAbsent("c/4", bytes("somebody else after all"));
    second.putIfAbsent("c/4", bytes("taken"));
    calls.clear();
    second.putIfAbsent("c/5", bytes("seal"));
    assertThat(calls).containsExactly("forceDirectory", "link", "forceDirectory");
  }
}
