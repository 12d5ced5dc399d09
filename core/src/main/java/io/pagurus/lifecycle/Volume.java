package io.pagurus.lifecycle;

import io.pagurus.lifecycle.Surroundings.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The place of a directory on a disk. Immutable.
 *
 * @param directory the directory, as asked for
 * @param mount what it is on, or null when that cannot be known here
 * @param usableBytes how much this process may still write; negative when nobody knows
 * @param totalBytes how large it is
 * @param writable whether this process may create files there
 */
record Volume(
    Path directory, @Nullable Mount mount, long usableBytes, long totalBytes, boolean writable) {

  /** Looks at {@code directory}, or at the first one above it that exists. */
  static Volume of(Path directory, Surroundings here) {
    Path there = directory.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    Path real = there;
    try {
      real = there.toRealPath();
    } catch (IOException e) {
      // Then by its name: a link in it that leads to another mount is not seen.
    }
    long total = there.toFile().getTotalSpace(); // zero when it cannot be asked
    return new Volume(
        directory,
        here.mountOf(real),
        total > 0 ? there.toFile().getUsableSpace() : -1,
        total,
        Files.isWritable(there));
  }
}
