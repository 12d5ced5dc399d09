package io.pagurus.file.offheap;

import io.pagurus.internal.log.LiveTable;
import io.pagurus.internal.log.LiveTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables in Chronicle Map, for state larger than the heap. They need the library
 * net.openhft:chronicle-map, a full JDK and four flags of the JVM; without them the first table
 * fails with what to add. The first table of a JVM takes about a second to start.
 *
 * <p>The files are in a directory of their own, which belongs to one store and one process at a
 * time. They are never forced: a table that was not closed, or was closed before the machine
 * started, is deleted and built again.
 *
 * <p>Thread-safe.
 */
public class OffHeapTables implements LiveTables {
  private static final Logger LOG = LoggerFactory.getLogger(OffHeapTables.class);
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path directory;
  private final MapFiles files;
  private final Path bootId;

  /** Tables with their files in {@code directory}, which is made when it is needed. */
  public OffHeapTables(Path directory) {
    this(directory, BOOT_ID);
  }

  OffHeapTables(Path directory, Path bootId) {
    this.directory = directory;
    this.files = new MapFiles(directory);
    this.bootId = bootId;
  }

  /**
   * As the constructor, but what is missing is said now and not when the state is loaded.
   *
   * @throws IllegalStateException when this JVM lacks flags or the library
   */
  public static OffHeapTables in(Path directory) {
    JvmFlags.check();
    return new OffHeapTables(directory);
  }

  /** As {@link #in}; {@code directory} is removed when the tables are closed. */
  public static OffHeapTables passing(Path directory) {
    JvmFlags.check();
    return new OffHeapTables(directory) {
      @Override
      public void close() {
        try {
          Files.deleteIfExists(directory);
        } catch (IOException e) {
          LOG.debug("{} is left behind", directory, e);
        }
      }
    };
  }

  /** Which boot of the machine this is, or null when that cannot be told. */
  private @Nullable String boot() {
    try {
      return Files.readString(bootId).strip();
    } catch (IOException e) {
      return null; // not Linux
    }
  }

  @Override
  public @Nullable LiveTable reopen(LiveTable.Mark mark) {
    try {
      if (!Files.isDirectory(directory)) {
        return null;
      }
      CleanEnd end = CleanEnd.read(directory);
      String boot = boot();
      if (end != null && boot != null && end.boot().equals(boot) && end.mark().equals(mark)) {
        JvmFlags.check();
        if (end.library().equals(OffHeapTable.libraryVersion()) && end.isOf(directory)) {
          // Even a reader writes to the map: from here on it proves nothing.
          CleanEnd.remove(directory);
          return OffHeapTable.open(files, boot, end);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.info("The off-heap table in {} is built again: {}", directory, e.toString());
    }
    deleteFiles();
    return null;
  }

  @Override
  public LiveTable create(long entries, long bytes) {
    JvmFlags.check();
    try {
      PrivateFiles.createDirectories(directory);
      deleteFiles();
      return OffHeapTable.create(files, boot(), entries, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The off-heap table cannot be made in " + directory + ": " + e.getMessage(), e);
    }
  }

  private void deleteFiles() {
    try {
      CleanEnd.remove(directory);
      files.deleteUnused();
    } catch (IOException e) {
      throw new UncheckedIOException("Old files in " + directory + " cannot be deleted", e);
    }
  }
}
