package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Machine;
import io.pagurus.testkit.MountedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A place that cannot be written, from the beginning or from some moment on. */
@Timeout(120)
@ExtendWith(LeakExtension.class)
class UnwritableTest {
  private static final int VALUE_BYTES = 32 << 10;

  @TempDir Path directory;

  @Test
  void open_belowAFile_saysWhereAndWhatToDo() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    String url = "jdbc:h2:" + file.resolve("state");
    assertThatThrownBy(() -> StateStore.open(url))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(file.resolve("state").toString())
        .hasMessageContaining("the directory exists, is writable");
    assertThat(Files.size(file)).isZero();
  }

  @Test
  @Tag("long")
  void open_whereNothingCanBeCreated_saysWhereAndWhatToDo() {
    Machine.needsRootAnd("mount");
    try (MountedDisk disk = MountedDisk.inMemory(directory, "8m")) {
      disk.makeReadOnly();
      String url = "jdbc:h2:" + disk.path().resolve("deep/state");
      assertThatThrownBy(() -> StateStore.open(url))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(disk.path().toString())
          .hasMessageContaining("the directory exists, is writable");
    }
  }

  /** H2 by itself would open it for reading, and fail at the first write. */
  @Test
  @Tag("long")
  void open_ofADatabaseThatBecameReadOnly_saysWhereAndWhatToDo() {
    Machine.needsRootAnd("mount");
    try (MountedDisk disk = MountedDisk.inMemory(directory, "8m")) {
      String url = "jdbc:h2:" + disk.path().resolve("state");
      try (StateStore store = StateStore.open(url)) {
        store.map("map", String.class, String.class).put("key", "value");
      }
      disk.makeReadOnly();
      assertThatThrownBy(() -> StateStore.open(url))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(disk.path().toString())
          .hasMessageContaining("read only")
          .hasMessageContaining("is writable");
      disk.makeWritable();
      try (StateStore store = StateStore.open(url)) {
        assertThat(store.map("map", String.class, String.class).get("key")).isEqualTo("value");
        assertThat(store.status().restore().cleanStop()).isTrue();
      }
    }
  }

  @Test
  @Tag("long")
  void fullDisk_refusesWrites_andKeepsAllThatWasConfirmed() throws IOException {
    Machine.needsRootAnd("mount");
    try (MountedDisk disk = MountedDisk.inMemory(directory, "16m")) {
      String url = "jdbc:h2:" + disk.path().resolve("state");
      Path filler = disk.path().resolve("filler");
      int confirmed;
      StateStore store = open(url);
      try {
        StateMap<Integer, byte[]> map = store.map("map", Integer.class, byte[].class);
        confirmed = fill(store, map, 0, 20);
        assertThat(confirmed).isEqualTo(20);
        takeAllRoom(filler);
        confirmed = fill(store, map, confirmed, 1_000);
        assertThat(confirmed).isLessThan(1_000);
        assertThat(store.status().state()).isEqualTo(StoreState.UNAVAILABLE);
        System.out.println("Disk full after " + confirmed + ": " + store.status().problem());
        assertThat(store.status().problem())
            .contains("room")
            .contains("No space left on device")
            .contains(disk.path().toString());
        checkAll(map, confirmed); // reads go on
        int from = confirmed;
        assertThatThrownBy(
                () -> {
                  for (int i = from; i < from + 1_000; i++) {
                    map.put(i, value(i)); // until the pending buffer is full
                  }
                })
            .isInstanceOf(StoreUnavailableException.class);
        Files.delete(filler);
        // The last tries were a second apart; the first one after them succeeds.
        await().untilAsserted(store::flush);
        assertThat(store.status().state()).isEqualTo(StoreState.OPEN);
        confirmed = Math.toIntExact(map.size());
        checkAll(map, confirmed);
        store.close();
      } finally {
        Files.deleteIfExists(filler); // else closing waits for room
        store.close();
      }
      try (StateStore again = open(url)) {
        checkAll(again.map("map", Integer.class, byte[].class), confirmed);
        assertThat(again.status().restore().cleanStop()).isTrue();
      }
    }
  }

  private static StateStore open(String url) {
    return StateStore.builder()
        .url(url)
        .maxFlushWait(Duration.ofSeconds(3))
        .maxWriteWait(Duration.ofSeconds(1))
        .maxPendingBytes(512 << 10)
        .cacheBytes(64 << 10)
        .open();
  }

  /**
   * Confirmed writes of the numbers from {@code from} until the first failure; returns its number.
   */
  private static int fill(StateStore store, StateMap<Integer, byte[]> map, int from, int to) {
    for (int i = from; i < to; i++) {
      map.put(i, value(i));
      try {
        store.flush();
      } catch (StoreUnavailableException e) {
        return i;
      }
    }
    return to;
  }

  private static void checkAll(StateMap<Integer, byte[]> map, int confirmed) {
    for (int i = 0; i < confirmed; i++) {
      assertThat(map.get(i)).as("%s", i).isEqualTo(value(i));
    }
  }

  private static byte[] value(int i) {
    byte[] bytes = new byte[VALUE_BYTES];
    new Random(i).nextBytes(bytes);
    return bytes;
  }

  private static void takeAllRoom(Path filler) throws IOException {
    try (var out = Files.newOutputStream(filler)) {
      byte[] block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(filler).isNotEmptyFile();
    }
  }
}
