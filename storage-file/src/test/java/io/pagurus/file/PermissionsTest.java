package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.LeakExtension;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The state is for the user of the process only. */
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(LeakExtension.class)
class PermissionsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"append", "slots"})
  void allThatIsCreated_isForTheOwnerOnly(String log) throws IOException {
    Path state = directory.resolve("deep/state");
    StateStoreBuilder builder =
        SmallService.builder("file:" + state + "?log=" + log).ownership(OwnershipPolicy.TAKE_OVER);
    try (StateStore first = builder.open()) {
      write(first);
      if (log.equals("append")) {
        await().untilAsserted(() -> assertThat(state.resolve("default/s")).isNotEmptyDirectory());
      }
      check(state);
      try (StateStore second = builder.open()) {
        write(second);
        check(state);
      }
    }
    check(state);
  }

  @Test
  void directoryThatWasThere_keepsItsPermissions() throws IOException {
    Path given =
        Files.createDirectory(
            directory.resolve("given"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
    try (StateStore store = StateStore.open("file:" + given)) {
      store.counter("c").increment();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(given)))
        .isEqualTo("rwxr-x---");
    check(given.resolve("default"));
  }

  /** Enough for parts and segments. */
  private static void write(StateStore store) {
    StateMap<Integer, byte[]> map = store.map("map", Integer.class, byte[].class);
    Random random = new Random();
    for (int i = 0; i < 150; i++) {
      byte[] value = new byte[2_000];
      random.nextBytes(value);
      map.put(i % 20, value);
      store.flush();
    }
  }

  /** Garbage goes meanwhile, and the directories it leaves empty with it: a walk must bear both. */
  private static void check(Path state) throws IOException {
    Map<String, String> wrong = new TreeMap<>();
    Files.walkFileTree(
        state,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            return expect("rwx------", directory);
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            return expect("rw-------", file);
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException cause) throws IOException {
            return unlessGone(cause);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException cause)
              throws IOException {
            return cause == null ? FileVisitResult.CONTINUE : unlessGone(cause);
          }

          private FileVisitResult expect(String permissions, Path path) throws IOException {
            try {
              String found = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
              if (!found.equals(permissions)) {
                wrong.put(path.toString(), found);
              }
            } catch (NoSuchFileException e) {
              return unlessGone(e);
            }
            return FileVisitResult.CONTINUE;
          }

          private FileVisitResult unlessGone(IOException cause) throws IOException {
            if (cause instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw cause;
          }
        });
    assertThat(wrong).isEmpty();
  }
}
