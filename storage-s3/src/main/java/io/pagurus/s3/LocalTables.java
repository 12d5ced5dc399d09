package io.pagurus.s3;

import io.pagurus.StoreUnavailableException;
import io.pagurus.file.offheap.OffHeapTables;
import io.pagurus.internal.log.LiveTable;
import io.pagurus.internal.log.LiveTables;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tables of one store in files on the local disk, for state larger than the heap. The bucket is the
 * source of truth: files that do not provably hold the newest state are made again, and what a
 * killed process left behind is deleted by the next one.
 *
 * <p>Each process has a directory of its own, told by a lock: on one machine two of them may open
 * the same store, one after the other or one to read. Thread-safe.
 */
final class LocalTables implements LiveTables {
  private static final String LIBRARY = "io.pagurus.file.offheap.OffHeapTables";
  private static final int MOST_DIRECTORIES = 100;

  private final LiveTables tables;
  private final FileChannel lock;

  private LocalTables(LiveTables tables, FileChannel lock) {
    this.tables = tables;
    this.lock = lock;
  }

  /**
   * Tables below {@code parent}.
   *
   * @param store tells the store from others that have their tables there
   * @throws IllegalStateException when this JVM lacks flags or a library
   * @throws StoreUnavailableException when the directory cannot be used
   */
  static LiveTables in(Path parent, String store) {
    requireLibrary();
    String name = "pagurus-" + UUID.nameUUIDFromBytes(store.getBytes(StandardCharsets.UTF_8)) + "-";
    try {
      Files.createDirectories(parent);
      for (int i = 0; i < MOST_DIRECTORIES; i++) {
        FileChannel lock = lock(parent.resolve(name + i + ".lock"));
        if (lock != null) {
          return locked(parent.resolve(name + i), lock);
        }
      }
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "The off-heap table of " + store + " cannot be made in " + parent + ": " + e, e);
    }
    throw new StoreUnavailableException(
        MOST_DIRECTORIES + " processes have tables of " + store + " in " + parent + " already");
  }

  private static LiveTables locked(Path directory, FileChannel lock) throws IOException {
    try {
      return new LocalTables(OffHeapTables.in(directory), lock);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static void requireLibrary() {
    try {
      Class.forName(LIBRARY, false, LocalTables.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "live=offheap needs the dependencies io.pagurus:pagurus-storage-file and"
              + " net.openhft:chronicle-map: add them, or leave the option out to keep the entries"
              + " on the heap.",
          e);
    }
  }

  /** Null when somebody else holds it. */
  private static @Nullable FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held = null;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      held = null; // somebody in this JVM
    } finally {
      if (held == null) {
        channel.close();
      }
    }
    return held == null ? null : channel;
  }

  @Override
  public @Nullable LiveTable reopen(LiveTable.Mark mark) {
    return tables.reopen(mark);
  }

  @Override
  public LiveTable create(long entries, long bytes) {
    return tables.create(entries, bytes);
  }

  @Override
  public void close() {
    tables.close();
    try {
      lock.close();
    } catch (IOException e) {
      throw new StoreUnavailableException("The lock of an off-heap table cannot be let go", e);
    }
  }
}
