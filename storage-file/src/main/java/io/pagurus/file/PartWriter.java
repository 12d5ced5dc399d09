package io.pagurus.file;

import io.pagurus.internal.log.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The owner's side of one append file. A frame is {@link #write written}, {@link #force forced} and
 * then {@link #accept accepted}; until it is accepted, the next write goes to the same offset. Not
 * thread-safe.
 */
final class PartWriter implements AutoCloseable {
  private final LogNames.Part part;
  private final Path path;
  private final Disk.OpenFile file;
  private final ByteBuffer staging;
  private long end;
  private long beginning;
  private long writtenTo;
  private @Nullable UUID forced;

  private PartWriter(LogNames.Part part, Path path, Disk.OpenFile file, ByteBuffer staging) {
    this.part = part;
    this.path = path;
    this.file = file;
    this.staging = staging;
  }

  /**
   * Creates the file.
   *
   * @param staging what all writes go through; its content is lost
   */
  static PartWriter create(Disk disk, Path directory, LogNames.Part part, ByteBuffer staging)
      throws IOException {
    Path path = directory.resolve(part.file());
    return new PartWriter(part, path, disk.create(path), staging);
  }

  LogNames.Part part() {
    return part;
  }

  Path path() {
    return path;
  }

  /** Behind the last accepted frame. */
  long end() {
    return end;
  }

  /** How long what follows the first frame is. */
  long grown() {
    return end - beginning;
  }

  /** Whether a frame is durable here and not accepted yet. */
  boolean awaits() {
    return forced != null;
  }

  /** Whether {@code frame} is durable here and not accepted yet. */
  boolean awaits(Frame frame) {
    return frame.identity().objectId().equals(forced);
  }

  /**
   * Writes a frame behind the accepted ones, over what an earlier try may have left there. When it
   * throws, the frame is not there as a whole: the last byte was never written.
   */
  void write(Frame frame) throws IOException {
    staging.clear();
    writtenTo = end;
    for (ByteBuffer buffer : frame.bytes()) {
      while (buffer.hasRemaining()) {
        int more = Math.min(buffer.remaining(), staging.remaining());
        staging.put(buffer.slice().limit(more));
        buffer.position(buffer.position() + more);
        if (!staging.hasRemaining()) {
          flush();
        }
      }
    }
    flush();
  }

  private void flush() throws IOException {
    staging.flip();
    while (staging.hasRemaining()) {
      int more = file.write(staging, writtenTo);
      if (more <= 0) {
        throw new IOException("No byte could be written to " + path);
      }
      writtenTo += more;
    }
    staging.clear();
  }

  /** Makes the frame that was written durable. */
  void force(Frame frame) throws IOException {
    file.force(end == 0);
    forced = frame.identity().objectId();
  }

  /** The frame that was forced is part of the history: go on behind it. */
  void accept() {
    if (end == 0) {
      beginning = writtenTo;
    }
    end = writtenTo;
    forced = null;
  }

  /** Whether the file is still where others look for it. */
  Disk.Presence inPlace() {
    return file.inPlace();
  }

  @Override
  public void close() {
    Quietly.close(file);
  }
}
