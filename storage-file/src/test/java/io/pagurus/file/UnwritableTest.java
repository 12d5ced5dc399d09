package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A place that cannot be written, from the beginning or from some moment on. */
@Timeout(120)
@ExtendWith(LeakExtension.class)
class UnwritableTest {
  private static final int VALUE_BYTES = 32 << 10;

  @TempDir Path directory;

  @Test
  void open_belowAFile_saysWhereAndWhatToDo() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    String url = "file:" + file.resolve("state");
    assertThatThrownBy(() -> StateStore.open(url))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(file.resolve("state").toString())
        .hasMessageContaining("Check that the volume is mounted");
    assertThat(Files.size(file)).isZero();
  }

  @Test
  void open_whereNothingCanBeCreated_saysWhereAndWhatToDo() {
    Machine.needsMounts(directory);
    try (MountedDisk disk = MountedDisk.inMemory(directory, "8m")) {
      disk.makeReadOnly();
      String url = "file:" + disk.path().resolve("deep/state");
      assertThatThrownBy(() -> StateStore.open(url))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(disk.path().toString())
          .hasMessageContaining("Read-only file system")
          .hasMessageContaining("may read and write there");
    }
  }

  @Test
  void open_ofAStoreThatBecameReadOnly_saysWhereAndWhatToDo_andShowsItToReaders() {
    Machine.needsMounts(directory);
    try (MountedDisk disk = MountedDisk.inMemory(directory, "8m")) {
      String url = "file:" + disk.path().resolve("state");
      try (StateStore store = StateStore.open(url)) {
        store.map("map", String.class, String.class).put("key", "value");
      }
      disk.makeReadOnly();
      StateStoreBuilder impatient =
          StateStore.builder().url(url).maxOwnershipWait(Duration.ofSeconds(1));
      assertThatThrownBy(impatient::open)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(disk.path().toString())
          .hasMessageContaining("Read-only file system")
          .hasMessageContaining("may read and write there");
      try (StateStore reader = StateStore.builder().url(url).readOnly(true).open()) {
        assertThat(reader.map("map", String.class, String.class).get("key")).isEqualTo("value");
      }
      disk.makeWritable();
      try (StateStore store = StateStore.open(url)) {
        assertThat(store.map("map", String.class, String.class).get("key")).isEqualTo("value");
        assertThat(store.status().restore().cleanStop()).isTrue();
      }
    }
  }

  /** What is left over of an open that failed must not keep the store from opening later. */
  @Test
  void open_onAFullDisk_isRefused_andSucceedsWhenThereIsRoom() throws IOException {
    Machine.needsMounts(directory);
    try (MountedDisk disk = MountedDisk.inMemory(directory, "1m")) {
      Path filler = disk.path().resolve("filler");
      takeAllRoom(filler);
      StateStoreBuilder builder =
          StateStore.builder()
              .url("file:" + disk.path().resolve("state"))
              .maxOwnershipWait(Duration.ofSeconds(1));
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(builder::open)
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining(disk.path().toString())
            .hasMessageContaining("No space left on device");
      }
      Files.delete(filler);
      try (StateStore store = builder.open()) {
        store.map("map", String.class, String.class).put("key", "value");
      }
      try (StateStore store = builder.open()) {
        assertThat(store.map("map", String.class, String.class).get("key")).isEqualTo("value");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fullDisk_refusesWrites_keepsAllThatWasConfirmed_andRecoversByItself(boolean small)
      throws IOException {
    Machine.needsMounts(directory);
    try (MountedDisk disk = MountedDisk.inMemory(directory, "16m")) {
      String url = "file:" + disk.path().resolve("state");
      Path filler = disk.path().resolve("filler");
      int confirmed;
      StateStore store = open(url, small);
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
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("No space left on device");
        Files.delete(filler);
        // The last tries were a second apart; the first one after them succeeds.
        await().untilAsserted(store::flush);
        assertThat(store.status().state()).isEqualTo(StoreState.OPEN);
        confirmed = Math.toIntExact(map.size());
        checkAll(map, confirmed);
        confirmed = fill(store, map, confirmed, confirmed + 20);
        store.close();
      } finally {
        Files.deleteIfExists(filler); // else closing waits for room
        store.close();
      }
      try (StateStore again = open(url, small)) {
        assertThat(again.status().restore().cleanStop()).isTrue();
        StateMap<Integer, byte[]> map = again.map("map", Integer.class, byte[].class);
        checkAll(map, confirmed);
        assertThat(map.size()).isEqualTo(confirmed);
      }
    }
  }

  private static StateStore open(String url, boolean small) {
    StateStoreBuilder builder = small ? SmallService.builder(url) : StateStore.builder().url(url);
    return builder
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
