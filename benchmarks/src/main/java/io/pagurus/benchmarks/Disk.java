package io.pagurus.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories, and the operating system's cache of them. */
final class Disk {
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

  private Disk() {}

  /** Bytes of all files in {@code directory}. */
  static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  /** Writes back what earlier forks have left dirty, so that the next does not pay for it. */
  static void settle() throws IOException, InterruptedException {
    if (System.getProperty("os.name").equals("Linux")) {
      new ProcessBuilder("sync").start().waitFor();
    }
  }

  /** Empties the page cache; only root on Linux can. */
  static void dropCaches() throws IOException, InterruptedException {
    settle();
    Files.writeString(DROP_CACHES, "3");
  }
}
