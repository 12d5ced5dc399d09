package io.pagurus.file.offheap;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The map files of one directory: which are in use here, and how the next one is called. Several
 * are: a restore builds a table while the one before it is still served. And an owner who has lost
 * the store, perhaps in another process, may still read from one of its own: so no name is used
 * twice. Thread-safe.
 */
final class MapFiles {
  private static final String PATTERN = "live-*.map";

  private final Path directory;
  private final Set<Path> inUse = ConcurrentHashMap.newKeySet();

  MapFiles(Path directory) {
    this.directory = directory;
  }

  Path directory() {
    return directory;
  }

  /** The name for a new file; in use from now on. */
  Path next() {
    return use(PATTERN.replace("*", UUID.randomUUID().toString()));
  }

  /** A file that is there already; in use from now on. */
  Path use(String name) {
    Path path = directory.resolve(name);
    inUse.add(path);
    return path;
  }

  /** The file is closed. */
  void release(Path path) {
    inUse.remove(path);
  }

  /** Deletes what nobody uses. */
  void deleteUnused() throws IOException {
    List<Path> unused = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PATTERN)) {
      for (Path file : files) {
        if (!inUse.contains(file)) {
          unused.add(file);
        }
      }
    }
    for (Path file : unused) {
      Files.deleteIfExists(file); // somebody else may clean up, too
    }
  }
}
