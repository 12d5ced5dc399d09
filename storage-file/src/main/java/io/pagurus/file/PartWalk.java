package io.pagurus.file;

import io.pagurus.IncompatibleStateException;
import io.pagurus.internal.log.DamageException;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.FrameKind;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Goes from frame to frame of a part. A frame counts only where it belongs: it is of this store and
 * epoch, its seq is the next one, and it names the frame before it. So bytes that an interrupted
 * write left, or that came from somewhere else, are never taken for a commit. Not thread-safe.
 */
final class PartWalk {
  private final PartReader reader;
  private final UUID storeId;
  private long offset;
  private long seq;
  private UUID id = Frame.NO_ID;
  private long firstCommit;

  PartWalk(PartReader reader, UUID storeId) {
    this.reader = reader;
    this.storeId = storeId;
  }

  /** Where the next frame begins. */
  long offset() {
    return offset;
  }

  /** The version of the commit of the last frame; behind the OPEN frame the one it goes on from. */
  long seq() {
    return seq;
  }

  boolean atEnd() {
    return offset == reader.length();
  }

  /**
   * The frame that begins the part. The first step.
   *
   * @throws DamageException when it is not whole and valid
   * @throws IncompatibleStateException when the file belongs to another store
   */
  Frame open() {
    Frame.Header header = reader.header(0);
    if (header != null && !header.identity().storeId().equals(storeId)) {
      throw new IncompatibleStateException(
          "The file "
              + reader.part().key()
              + " belongs to another store: its id is "
              + header.identity().storeId()
              + ", this store is "
              + storeId
              + ". Put the files of each store into a directory of its own.");
    }
    Frame frame = reader.frame(0);
    boolean carries = frame.kind() == FrameKind.CARRY && reader.part().number() == 0;
    if (frame.kind() != FrameKind.OPEN && !carries) {
      throw reader.damage(0, "the part begins with a frame of kind " + frame.kind());
    }
    if (frame.identity().epoch() != reader.part().epoch()) {
      throw reader.damage(0, "the part was written as one of epoch " + frame.identity().epoch());
    }
    passed(frame.identity(), frame.length());
    firstCommit = carries ? seq : seq + 1;
    return frame;
  }

  /** The version of the first commit in the part, once it is {@link #open}. */
  long firstCommit() {
    return firstCommit;
  }

  /**
   * The next commit.
   *
   * @throws DamageException when there is no whole and valid frame that belongs here
   */
  Frame next() {
    Frame frame;
    try {
      frame = reader.frame(offset);
    } catch (DamageException e) {
      check(reader.header(offset));
      throw e;
    }
    if (!belongsHere(frame.kind(), frame.identity())) {
      check(reader.header(offset));
    }
    passed(frame.identity(), frame.length());
    return frame;
  }

  /** Passes the next commit by, as far as its header tells. */
  void skip() {
    Frame.Header header = reader.header(offset);
    check(header);
    if (header != null) {
      passed(header.identity(), header.frameLength());
    }
  }

  /**
   * Goes on behind a frame that failed: where its header says that it ends, or else at the next
   * header that can be found. False when there is none.
   */
  boolean resume() {
    Frame.Header failed = offset == 0 ? null : reader.header(offset);
    if (failed != null && belongsHere(failed.kind(), failed.identity())) {
      passed(failed.identity(), failed.frameLength());
      if (offset <= reader.length()) {
        return true;
      }
    }
    PartReader.Found next = reader.next(offset + 1, storeId, seq);
    if (next == null) {
      return false;
    }
    offset = next.offset();
    seq = next.identity().seq() - 1;
    id = next.identity().previousId();
    return true;
  }

  private void passed(Frame.Identity identity, long length) {
    offset += length;
    seq = identity.seq();
    id = identity.objectId();
  }

  private boolean belongsHere(FrameKind kind, Frame.Identity found) {
    return kind == FrameKind.COMMIT
        && found.storeId().equals(storeId)
        && found.epoch() == reader.part().epoch()
        && found.seq() == seq + 1
        && found.previousId().equals(id);
  }

  private void check(Frame.@Nullable Header header) {
    if (header == null) {
      throw reader.damage(
          offset, "no valid header where commit " + (seq + 1) + " was expected to begin");
    }
    Frame.Identity found = header.identity();
    if (!belongsHere(header.kind(), found)) {
      throw reader.damage(
          offset,
          header.kind()
              + " "
              + found.seq()
              + " of epoch "
              + found.epoch()
              + " behind "
              + found.previousId()
              + " where commit "
              + (seq + 1)
              + " of epoch "
              + reader.part().epoch()
              + " behind "
              + id
              + " was expected");
    }
  }
}
