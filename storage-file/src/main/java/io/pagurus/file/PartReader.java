package io.pagurus.file;

import io.pagurus.internal.log.Damage;
import io.pagurus.internal.log.DamageException;
import io.pagurus.internal.log.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads single frames of an append file as it was when it was opened: what is appended later is not
 * seen. Holds one window of the file in memory. Not thread-safe.
 */
final class PartReader implements AutoCloseable {
  private static final int WINDOW_BYTES = 256 << 10;
  private static final int TRIES = 3;

  private final Disk.OpenFile file;
  private final Path path;
  private final LogNames.Part part;
  private final long length;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
  private long windowStart;

  private PartReader(Disk.OpenFile file, Path path, LogNames.Part part) throws IOException {
    this.file = file;
    this.path = path;
    this.part = part;
    this.length = file.length();
  }

  static PartReader open(Disk disk, Path directory, LogNames.Part part) throws IOException {
    Path path = directory.resolve(part.file());
    Disk.OpenFile file = disk.open(path);
    try {
      return new PartReader(file, path, part);
    } catch (IOException e) {
      Quietly.close(file);
      throw e;
    }
  }

  LogNames.Part part() {
    return part;
  }

  long length() {
    return length;
  }

  /** The header at {@code offset}, or null when there is no valid one. */
  Frame.@Nullable Header header(long offset) {
    return length - offset < Frame.HEADER_BYTES ? null : Frame.header(window(offset));
  }

  /**
   * The frame at {@code offset}, in memory of its own.
   *
   * @throws DamageException when there is no whole, valid frame
   */
  Frame frame(long offset) {
    for (int tries = 1; ; tries++) {
      try {
        return readFrame(offset);
      } catch (DamageException e) {
        if (tries == TRIES) {
          throw e;
        }
        window.limit(0); // perhaps only the reading went wrong
      }
    }
  }

  private Frame readFrame(long offset) {
    Frame.Header header = header(offset);
    if (header == null) {
      throw damage(offset, "no valid header");
    }
    if (header.frameLength() > length - offset) {
      throw damage(
          offset, "only " + (length - offset) + " of " + header.frameLength() + " bytes are there");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) header.frameLength());
    ByteBuffer some = window(offset);
    bytes.put(some.limit(some.position() + Math.min(some.remaining(), bytes.remaining())));
    if (bytes.remaining() >= WINDOW_BYTES) {
      read(bytes, offset);
    }
    while (bytes.hasRemaining()) {
      some = window(offset + bytes.position());
      bytes.put(some.limit(some.position() + Math.min(some.remaining(), bytes.remaining())));
    }
    return Frame.read(bytes.flip(), part.key(), offset);
  }

  /**
   * A header that was found by looking for one.
   *
   * @param offset where
   * @param identity what it says
   */
  record Found(long offset, Frame.Identity identity) {}

  /**
   * The next header of this store and epoch, of a commit above {@code above}, at whatever place
   * from {@code offset} on; null when there is none.
   */
  @Nullable Found next(long offset, UUID storeId, long above) {
    for (long at = offset; length - at >= Frame.HEADER_BYTES; ) {
      ByteBuffer some = window(at);
      int last = some.limit() - Frame.HEADER_BYTES;
      for (; some.position() <= last; some.position(some.position() + 1), at++) {
        Frame.Header header = some.get(some.position()) == 'P' ? Frame.header(some) : null;
        if (header != null
            && header.identity().storeId().equals(storeId)
            && header.identity().epoch() == part.epoch()
            && header.identity().seq() > above) {
          return new Found(at, header.identity());
        }
      }
    }
    return null;
  }

  DamageException damage(long offset, String what) {
    return new DamageException(new Damage(part.key(), offset, what));
  }

  /** A view of the file from {@code offset} on: a whole header at least, unless the file ends. */
  private ByteBuffer window(long offset) {
    int needed = (int) Math.min(Frame.HEADER_BYTES, length - offset);
    long end = windowStart + window.limit();
    if (offset < windowStart || end - offset < needed) {
      fill(offset);
    }
    return window.duplicate().position((int) (offset - windowStart));
  }

  private void fill(long offset) {
    window.clear().limit((int) Math.min(WINDOW_BYTES, length - offset));
    windowStart = offset;
    boolean done = false;
    try {
      read(window, offset);
      window.position(0);
      done = true;
    } finally {
      if (!done) {
        window.limit(0);
      }
    }
  }

  /** Fills {@code bytes}, whose first byte lies at {@code offset}. */
  private void read(ByteBuffer bytes, long offset) {
    try {
      while (bytes.hasRemaining()) {
        if (file.read(bytes, offset + bytes.position()) < 0) {
          throw new IOException("it got shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw Unavailable.because("read", path, e);
    }
  }

  @Override
  public void close() {
    Quietly.close(file);
  }
}
