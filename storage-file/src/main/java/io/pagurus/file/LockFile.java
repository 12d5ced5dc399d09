package io.pagurus.file;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file whose bytes are locked one by one; the operating system lets go of them when the process
 * ends, however it ends.
 *
 * <h2>One channel per JVM</h2>
 *
 * <p>POSIX drops all locks that a process has on a file as soon as it closes <i>any</i> descriptor
 * of that file. So there is one channel per file in this JVM, closed with its last user. It is an
 * asynchronous one because those are not closed by interrupts; nothing asynchronous is done.
 *
 * <p>Thread-safe.
 */
final class LockFile implements AutoCloseable {
  /** In the root of a store. */
  static final String NAME = "LOCK";

  /** Guards {@link #OPEN} and each {@link Shared#users}. */
  private static final Object GUARD = new Object();

  private static final Map<Object, Shared> OPEN = new HashMap<>();

  private final Shared shared;
  private boolean closed;

  private LockFile(Shared shared) {
    this.shared = shared;
  }

  private static final class Shared {
    private final Object key;
    private final AsynchronousFileChannel channel;
    private int users;

    Shared(Object key, AsynchronousFileChannel channel) {
      this.key = key;
      this.channel = channel;
    }
  }

  /** Opens {@code path} and creates it if it is missing. Its directory must exist. */
  static LockFile open(Path path) throws IOException {
    synchronized (GUARD) {
      try {
        Files.createFile(path, LocalDisk.privateFile(path));
      } catch (FileAlreadyExistsException e) {
        // Not opened then, so no lock of this process was dropped.
      }
      Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      if (key == null) {
        key = path.toRealPath();
      }
      Shared shared = OPEN.get(key);
      if (shared == null) {
        shared = new Shared(key, AsynchronousFileChannel.open(path, StandardOpenOption.WRITE));
        OPEN.put(key, shared);
      }
      shared.users++;
      return new LockFile(shared);
    }
  }

  /** Locks one byte; null when another process or another user in this JVM holds it. */
  @Nullable FileLock tryLock(long position) throws IOException {
    try {
      return shared.channel.tryLock(position, 1, false);
    } catch (OverlappingFileLockException e) {
      return null; // somebody in this JVM has it
    }
  }

  /** The locks must have been released before: the channel may stay open for others. */
  @Override
  public void close() throws IOException {
    synchronized (GUARD) {
      if (closed) {
        return;
      }
      closed = true;
      if (--shared.users == 0) {
        OPEN.remove(shared.key);
        shared.channel.close();
      }
    }
  }
}
