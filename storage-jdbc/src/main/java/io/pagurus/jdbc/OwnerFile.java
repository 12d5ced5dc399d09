package io.pagurus.jdbc;

import io.pagurus.spi.OwnerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line beside an embedded database that says which process has it open. Only for the error
 * message of another process: nothing is decided by it, and a failure to write it costs only the
 * name in that message.
 */
final class OwnerFile {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerFile.class);
  private static final int MAX_CHARS = 500;

  private final Path path;
  private final OwnerId self;

  OwnerFile(Path path, OwnerId self) {
    this.path = path;
    this.self = self;
  }

  void write() {
    try {
      Files.writeString(path, line());
    } catch (IOException e) {
      LOG.debug("Could not write {}; another process will not see who has the database", path, e);
    }
  }

  /** Who has the database, as far as known. */
  String read() {
    try {
      String line = Files.readString(path, StandardCharsets.UTF_8).strip();
      int id = line.indexOf(" id ");
      String owner = id < 0 ? line : line.substring(0, id);
      if (!owner.isEmpty()) {
        return owner.substring(0, Math.min(owner.length(), MAX_CHARS));
      }
    } catch (IOException e) {
      LOG.debug("Could not read {}", path, e);
    }
    return "a process that left no name in " + path;
  }

  /** Removes the file if it is still ours; the next one may have written its own. */
  void remove() {
    try {
      if (Files.readString(path, StandardCharsets.UTF_8).equals(line())) {
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.debug("Could not remove {}", path, e);
    }
  }

  private String line() {
    return self.describe() + " id " + self.id() + "\n";
  }
}
