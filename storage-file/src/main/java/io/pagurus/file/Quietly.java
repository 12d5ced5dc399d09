package io.pagurus.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For what nobody needs to know when it fails. */
final class Quietly {
  private static final Logger LOG = LoggerFactory.getLogger(Quietly.class);

  private Quietly() {}

  static void close(@Nullable AutoCloseable what) {
    try {
      if (what != null) {
        what.close();
      }
    } catch (Exception e) {
      LOG.debug("Could not close {}", what, e);
    }
  }

  static void delete(Disk disk, Path file) {
    try {
      disk.delete(file);
    } catch (NoSuchFileException e) {
      LOG.trace("{} is gone already", file);
    } catch (IOException e) {
      LOG.debug("Could not delete {}", file, e);
    }
  }
}
