package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.internal.log.Peek;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that nobody changes any more is tidied up, and then left alone. */
class QuietStoreTest {
  @TempDir Path directory;

  private Peek.View peek() {
    Disk disk = new LocalDisk(Durability.PROCESS);
    Directories directories = new Directories(disk, directory.resolve("state/default"));
    return Peek.at(
        new AppendFileLog(
            disk, directories, new WriteOnceFiles(disk, directories, UUID.randomUUID()), 1 << 20));
  }

  @Test
  void storeThatIsQuiet_isCompactedAndTidiedUp_andThenWritesNothing() {
    try (StateStore store =
        StateStore.builder()
            .url("file:" + directory.resolve("state"))
            .backend(new SmallFiles(Duration.ZERO))
            .open()) {
      StateMap<Integer, byte[]> map = store.map("map", Integer.class, byte[].class);
      Random random = new Random(5);
      for (int round = 0; round < 20; round++) { // of each 20 KB, so the log has 400 KB
        store.update(
            () -> {
              for (int i = 0; i < 100; i++) {
                byte[] value = new byte[200];
                random.nextBytes(value);
                map.put(i, value);
              }
            });
        store.flush();
      }
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                Peek.View now = peek();
                // Less than 64 KB stay in the log, which are four parts of it and an empty one.
                return !now.bases().isEmpty() && now.trash().isEmpty() && now.tail().size() <= 5;
              });
      AtomicLong commits = new AtomicLong();
      Awaitility.await()
          .during(Duration.ofMillis(2_500))
          .atMost(Duration.ofMinutes(1))
          .until(() -> commits.getAndSet(store.status().commits()) == commits.get());
      assertThat(map.size()).isEqualTo(100);
    }
  }
}
