package io.pagurus.file;

import io.pagurus.internal.log.Damage;
import io.pagurus.internal.log.DamageException;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.FrameKind;
import io.pagurus.internal.log.PutResult;
import io.pagurus.internal.log.Seal;
import io.pagurus.spi.OwnerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Seals, one write-once file each. Never deleted. Thread-safe. */
final class SealFiles {
  private static final Logger LOG = LoggerFactory.getLogger(SealFiles.class);
  private static final int LONGEST = 64 << 10;

  private final Disk disk;
  private final WriteOnceFiles files;
  private final Path directory;

  SealFiles(Disk disk, WriteOnceFiles files, Path directory) {
    this.disk = disk;
    this.files = files;
    this.directory = directory;
  }

  private Path file(long epoch) {
    return directory.resolve(LogNames.seal(epoch));
  }

  PutResult create(Seal seal) {
    return files.create(file(seal.epoch()), seal.toFrame(0).bytes());
  }

  Disk.Presence exists(long epoch) {
    return disk.exists(file(epoch));
  }

  /**
   * The seal of {@code epoch}, or null when there is none.
   *
   * @throws DamageException when it is there and fails verification
   */
  @Nullable Seal verified(long epoch) throws IOException {
    String key = LogNames.DIRECTORY + "/" + LogNames.seal(epoch);
    ByteBuffer bytes;
    try (Disk.OpenFile file = disk.open(file(epoch))) {
      bytes = ByteBuffer.allocate((int) Math.min(LONGEST, file.length()));
      while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
        continue;
      }
    } catch (NoSuchFileException e) {
      return null;
    }
    Frame frame = Frame.read(bytes.flip(), key, 0);
    if (frame.kind() != FrameKind.SEAL || frame.identity().epoch() != epoch) {
      throw new DamageException(new Damage(key, 0, "it is no seal of epoch " + epoch));
    }
    return Seal.of(frame);
  }

  /**
   * As {@link #verified}, but a damaged seal seals all the same: it is only no longer known who
   * made it.
   */
  @Nullable Seal find(long epoch) throws IOException {
    try {
      return verified(epoch);
    } catch (DamageException e) {
      LOG.warn("Who sealed epoch {} cannot be read: {}. It is sealed all the same.", epoch, e);
      OwnerId unknown = new OwnerId(Frame.NO_ID, 0, "unknown", "", Instant.EPOCH, Instant.EPOCH);
      return new Seal(Frame.NO_ID, epoch, Frame.NO_ID, unknown, Instant.EPOCH);
    }
  }
}
