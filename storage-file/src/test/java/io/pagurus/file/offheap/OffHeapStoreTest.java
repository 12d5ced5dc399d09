package io.pagurus.file.offheap;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Checkpoint;
import io.pagurus.OwnershipPolicy;
import io.pagurus.RestoreReport;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.testkit.LeakExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store whose state is off the heap: what is read again when it opens, and what is left. */
@Tag("offheap")
@ExtendWith(LeakExtension.class)
class OffHeapStoreTest {
  private static final int ENTRIES = 5_000;

  @TempDir Path directory;

  private StateStore open(String name) {
    return StateStore.builder()
        .url("file:" + directory.resolve(name) + "?live=offheap")
        .ownership(OwnershipPolicy.TAKE_OVER)
        .open();
  }

  private static StateMap<Integer, String> map(StateStore store) {
    return store.map("map", Integer.class, String.class);
  }

  private static void fill(StateStore store, String text) {
    StateMap<Integer, String> map = map(store);
    store.update(
        () -> {
          for (int i = 0; i < ENTRIES; i++) {
            map.put(i, text + i);
          }
        });
    store.flush();
  }

  private static void assertFilled(StateStore store, String text) {
    StateMap<Integer, String> map = map(store);
    assertThat(map.size()).isEqualTo(ENTRIES);
    for (int i = 0; i < ENTRIES; i += 7) {
      assertThat(map.get(i)).isEqualTo(text + i);
    }
  }

  private static RestoreReport report(StateStore store) {
    return store.status().restore();
  }

  @Test
  void cleanReopen_readsNoEntryAgain() {
    try (StateStore store = open("state")) {
      fill(store, "one ");
    }
    for (int i = 0; i < 2; i++) {
      try (StateStore store = open("state")) {
        assertThat(report(store).bytesRead()).isZero();
        assertThat(report(store).entries()).isGreaterThanOrEqualTo(ENTRIES);
        assertFilled(store, "one ");
      }
    }
  }

  /** What a kill leaves behind: the files as they are while the owner runs. */
  @Test
  void afterAKill_theStateIsReadAgainAndIsRight() throws IOException {
    try (StateStore store = open("state")) {
      fill(store, "one ");
      copy(directory.resolve("state"), directory.resolve("killed"));
      map(store).put(1, "not in the copy");
    }
    try (StateStore store = open("killed")) {
      assertThat(report(store).bytesRead()).isPositive();
      assertFilled(store, "one ");
    }
  }

  /** The heap or another place has changed the state since: the old map must not be served. */
  @Test
  void afterOthersHadTheStore_theStateIsReadAgainAndIsRight() {
    try (StateStore store = open("state")) {
      fill(store, "one ");
    }
    try (StateStore store = StateStore.open("file:" + directory.resolve("state"))) {
      fill(store, "two ");
    }
    try (StateStore store = open("state")) {
      assertThat(report(store).bytesRead()).isPositive();
      assertFilled(store, "two ");
    }
  }

  @Test
  void restore_servesTheOldStateUntilItIsTheNewOne() {
    try (StateStore store = open("state")) {
      fill(store, "one ");
      Checkpoint one = store.checkpoint("one");
      fill(store, "two ");
      for (int i = 0; i < 3; i++) {
        store.restore(one.id());
        assertFilled(store, "one ");
        fill(store, "three ");
        assertFilled(store, "three ");
      }
    }
    try (StateStore store = open("state")) {
      assertThat(report(store).bytesRead()).isZero();
      assertFilled(store, "three ");
    }
  }

  @Test
  void readers_haveATableOfTheirOwnAndLeaveNothing() throws IOException {
    try (StateStore store = open("state")) {
      fill(store, "one ");
      List<Path> before = files();
      try (StateStore reader =
          StateStore.builder()
              .url("file:" + directory.resolve("state") + "?live=offheap")
              .readOnly(true)
              .open()) {
        fill(store, "two ");
        assertFilled(reader, "one ");
      }
      assertThat(files()).containsAll(before);
      assertThat(files().stream().filter(file -> file.toString().endsWith(".map"))).hasSize(1);
      assertFilled(store, "two ");
    }
  }

  private List<Path> files() throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).filter(f -> f.toString().contains("live")).toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
