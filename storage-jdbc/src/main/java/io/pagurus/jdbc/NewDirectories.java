package io.pagurus.jdbc;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forces the directory entries of a new embedded database: H2 forces its file, but a power cut can
 * still lose the name of a file, or of a directory made for it, that was never forced itself.
 */
final class NewDirectories {
  private static final Logger LOG = LoggerFactory.getLogger(NewDirectories.class);

  private final Path file;
  private final @Nullable Path existing;

  private NewDirectories(Path file, @Nullable Path existing) {
    this.file = file;
    this.existing = existing;
  }

  /** Remembers, before H2 creates anything, which directories are there already. */
  static NewDirectories before(Path database) {
    Path directory = database.getParent();
    while (directory != null && !Files.isDirectory(directory)) {
      directory = directory.getParent();
    }
    return new NewDirectories(database, directory);
  }

  /** Forces everything from the file's directory up to the first one that was there before. */
  void force() {
    for (Path directory = file.getParent(); directory != null; directory = directory.getParent()) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      } catch (IOException e) {
        // Windows cannot open a directory, and forces names by itself.
        LOG.debug("Could not force directory {}", directory, e);
      }
      if (directory.equals(existing)) {
        return;
      }
    }
  }
}
