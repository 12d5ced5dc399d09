package io.pagurus.file;

import io.pagurus.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of one store, each of them durable before anything in it counts.
 *
 * <p>The first use of a directory forces its name and those of all above it, whoever created them:
 * a process may have died between creating a directory and forcing its name. Thread-safe.
 */
final class Directories {
  private static final Logger LOG = LoggerFactory.getLogger(Directories.class);

  private final Disk disk;
  private final Path root;

  // Guarded by this; both only grow, by a handful of names.
  private final Set<Path> durable = new HashSet<>();
  private final Map<Path, IOException> doubtful = new HashMap<>();

  /**
   * @param root the directory of the store, absolute
   */
  Directories(Disk disk, Path root) {
    this.disk = disk;
    this.root = root;
  }

  Path root() {
    return root;
  }

  /** Creates {@code directory} if it is missing, and what is missing above it. */
  synchronized void need(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent == null || durable.contains(directory)) {
      return;
    }
    IOException failed = doubtful.get(directory);
    if (failed != null) {
      throw new IOException("The directory " + directory + " could not be made durable", failed);
    }
    need(parent);
    boolean made = disk.exists(directory) != Disk.Presence.YES && make(directory);
    try {
      disk.forceDirectory(parent);
    } catch (IOException e) {
      if (made || directory.startsWith(root)) {
        doubtful.put(directory, e); // forcing the same again would prove nothing
        throw e;
      }
      LOG.debug("Could not force {}, which was there before", parent, e);
    }
    durable.add(directory);
  }

  private boolean make(Path directory) throws IOException {
    try {
      disk.createDirectory(directory);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false; // somebody else was faster
    }
  }

  /**
   * Called where something is missing below the root: makes sure that it is not the root itself
   * that is missing, because a volume that is not mounted says nothing about what is on it.
   */
  void requireRoot() {
    Disk.Presence there = disk.exists(root);
    if (there != Disk.Presence.YES) {
      throw new StoreUnavailableException(
          "The directory "
              + root
              + (there == Disk.Presence.NO ? " is not there" : " cannot be read")
              + ". Check that its volume is mounted; the store tries again.");
    }
  }
}
