package io.pagurus.file;

import io.pagurus.internal.log.PutResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates files that appear whole and durable, or not at all, and never change.
 *
 * <ol>
 *   <li>The content goes to a file in {@code tmp/} and is forced.
 *   <li>A hard link gives it its name. Of several writers one wins; a move has several winners or
 *       overwrites.
 *   <li>The directory is forced. A name that could not be forced stays in doubt for as long as this
 *       object lives: reading it back proves nothing, nor does forcing it again.
 *   <li>Where others may have put names that are not durable, the directory is forced before the
 *       link, too: a seal must not outlive the commit that it was put behind.
 * </ol>
 *
 * <p>Thread-safe.
 */
final class WriteOnceFiles {
  private static final Logger LOG = LoggerFactory.getLogger(WriteOnceFiles.class);
  private static final String TEMPORARY = "tmp";
  private static final int TRIES = 5;

  /**
   * A large file is forced bit by bit: else a commit that is forced meanwhile may wait until all of
   * it is written (517 ms for 16 MiB, once in 5 s, on a disk that forces in 0.15 ms; so 44 ms).
   */
  private static final int FORCED_AT_ONCE = 1 << 20;

  /**
   * The same for what nobody waits for, beside commits that somebody does wait for: half of them
   * took 0.4 ms beside pieces of this length, and 0.9 ms beside pieces of 1 MiB.
   */
  private static final int FORCED_AT_ONCE_BESIDE = 256 << 10;

  /**
   * How a file is written: what is called behind each piece that was forced, and how long it is.
   */
  private record Steps(int bytes, Runnable between) {
    static final Steps WANTED = new Steps(FORCED_AT_ONCE, () -> {});
  }

  private final Disk disk;
  private final Directories directories;
  private final Path temporary;
  private final String self;
  private final AtomicLong counter = new AtomicLong();
  private final Set<Path> doubtful = ConcurrentHashMap.newKeySet();

  /** Directories whose names are all durable: this process made the last one, and forced it. */
  private final Set<Path> settled = ConcurrentHashMap.newKeySet();

  /**
   * @param self whose temporary files these are: new for every open
   */
  WriteOnceFiles(Disk disk, Directories directories, UUID self) {
    this.disk = disk;
    this.directories = directories;
    this.temporary = directories.root().resolve(TEMPORARY);
    this.self = self + "-";
  }

  /** Creates {@code file} below the root, unless it is there. */
  PutResult create(Path file, ByteBuffer... data) {
    return create(file, Steps.WANTED, data);
  }

  /** As above, in small pieces; {@code between} is called behind each one that was forced. */
  PutResult create(Path file, Runnable between, ByteBuffer... data) {
    return create(file, new Steps(FORCED_AT_ONCE_BESIDE, between), data);
  }

  private PutResult create(Path file, Steps steps, ByteBuffer... data) {
    PutResult result = tryCreate(file, steps, data);
    for (int tries = 1; tries < TRIES && lostItsContent(result); tries++) {
      result = tryCreate(file, steps, data);
    }
    return result;
  }

  /** A new owner took this process for dead and removed the file in {@code tmp/}. */
  private static boolean lostItsContent(PutResult result) {
    return result instanceof PutResult.NotCreated not && not.cause() instanceof NoSuchFileException;
  }

  private PutResult tryCreate(Path file, Steps steps, ByteBuffer... data) {
    if (disk.exists(file) == Disk.Presence.YES) {
      return existing(file);
    }
    Path written;
    try {
      directories.need(temporary);
      directories.need(parent(file));
      written = write(steps, data);
    } catch (IOException e) {
      return new PutResult.NotCreated(e);
    }
    try {
      if (!settled.contains(parent(file))) {
        disk.forceDirectory(parent(file));
      }
      disk.link(file, written);
    } catch (FileAlreadyExistsException e) {
      return existing(file);
    } catch (NoSuchFileException | AccessDeniedException e) {
      return new PutResult.NotCreated(e);
    } catch (IOException e) {
      return new PutResult.Unknown(e);
    } finally {
      Quietly.delete(disk, written);
    }
    IOException failed = forceName(file);
    if (failed != null) {
      settled.remove(parent(file));
      return new PutResult.Unknown(failed);
    }
    settled.add(parent(file));
    return new PutResult.Created();
  }

  /** Its maker may be an earlier try of the caller, so its name must be durable, too. */
  private PutResult existing(Path file) {
    settled.remove(parent(file)); // somebody else writes there
    IOException failed = forceName(file);
    return failed == null ? new PutResult.Exists() : new PutResult.Unknown(failed);
  }

  private Path write(Steps steps, ByteBuffer... data) throws IOException {
    Path file = temporary.resolve(self + counter.incrementAndGet());
    boolean written = false;
    try (Disk.OpenFile open = disk.create(file)) {
      long offset = 0;
      long forced = 0;
      for (ByteBuffer buffer : data) {
        ByteBuffer rest = buffer.duplicate();
        int end = rest.limit();
        while (rest.position() < end) {
          rest.limit(Math.min(end, rest.position() + steps.bytes));
          int more = open.write(rest, offset);
          if (more <= 0) {
            throw new IOException("No byte could be written to " + file);
          }
          offset += more;
          if (offset - forced >= steps.bytes) {
            open.force(false);
            forced = offset;
            steps.between.run();
          }
        }
      }
      open.force(true);
      written = true;
    } finally {
      if (!written) {
        Quietly.delete(disk, file);
      }
    }
    return file;
  }

  private @Nullable IOException forceName(Path file) {
    if (doubtful.contains(file)) {
      return new IOException("The name of " + file + " could not be forced before");
    }
    try {
      directories.need(parent(file));
      disk.forceDirectory(parent(file));
      return null;
    } catch (IOException e) {
      doubtful.add(file);
      return e;
    }
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  /**
   * Removes what processes that died left in {@code tmp/}. For the owner. A process that is not
   * dead and loses its file that way writes it again.
   */
  void removeLeftovers() {
    try {
      for (Disk.Entry entry : disk.list(temporary)) {
        if (!entry.isDirectory() && !entry.name().startsWith(self)) {
          Quietly.delete(disk, temporary.resolve(entry.name()));
        }
      }
    } catch (NoSuchFileException e) {
      LOG.trace("No directory {} yet", temporary);
    } catch (IOException e) {
      LOG.debug("Could not look for left-over files in {}", temporary, e);
    }
  }

  /** Whether {@code name}, directly below the root, is for this class only. */
  static boolean isReserved(String name) {
    return name.equals(TEMPORARY);
  }
}
