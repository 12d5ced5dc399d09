package io.pagurus.internal.log;

import io.pagurus.IncompatibleStateException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;

/** Reads and writes segments. Thread-safe. */
final class Segments {
  /** A damaged read is repeated so often before it is called damage. */
  private static final int TRIES = 3;

  private final ObjectStore objects;
  private final UUID storeId;

  Segments(ObjectStore objects, UUID storeId) {
    this.objects = objects;
    this.storeId = storeId;
  }

  /**
   * The entries of a segment, verified.
   *
   * @throws DamageException when it is missing, not the one that {@code ref} means, or damaged
   */
  Blocks read(SegmentRef ref) {
    for (int attempt = 1; ; attempt++) {
      try {
        return readOnce(ref);
      } catch (DamageException e) {
        if (attempt == TRIES) {
          throw e;
        }
      }
    }
  }

  private Blocks readOnce(SegmentRef ref) {
    String key = ref.key();
    byte[] bytes;
    try {
      bytes = objects.get(key, 0, Math.toIntExact(ref.length() + 1));
    } catch (ObjectNotFoundException e) {
      throw damaged(key, "missing");
    }
    if (bytes.length != ref.length()) {
      String found = bytes.length > ref.length() ? "more" : Integer.toString(bytes.length);
      throw damaged(key, found + " bytes where there were " + ref.length());
    }
    Frame frame = Frame.read(ByteBuffer.wrap(bytes), key, 0);
    Frame.Identity identity = frame.identity();
    if (frame.kind() != FrameKind.SEGMENT
        || !identity.storeId().equals(storeId)
        || !identity.objectId().equals(ref.id())) {
      throw damaged(key, "another object lies in its place");
    }
    return frame.blocks();
  }

  /**
   * Refuses a frame of the log that belongs to another store: somebody mixed the two.
   *
   * @throws IncompatibleStateException when it does
   */
  void requireSameStore(Frame frame) {
    Frame.Identity identity = frame.identity();
    if (!identity.storeId().equals(storeId)) {
      throw new IncompatibleStateException(
          "Commit %d of epoch %d belongs to another store: its id is %s, this store is %s. Keep the objects of each store apart."
              .formatted(identity.seq(), identity.epoch(), identity.storeId(), storeId));
    }
  }

  private static DamageException damaged(String key, String what) {
    return new DamageException(new Damage(key, -1, what));
  }

  /** Prepares a segment; {@code writer} was made for {@code id}. */
  Draft draft(long epoch, long covered, UUID id, Blocks.Writer writer, long entries, Instant at) {
    Blocks blocks = writer.finish();
    byte[] head = new Wire.Out().count(entries).count(writer.rawLength()).toByteArray();
    Frame frame =
        Frame.of(
            FrameKind.SEGMENT,
            new Frame.Identity(storeId, epoch, covered, id, Frame.NO_ID, at),
            head,
            blocks);
    return new Draft(new SegmentRef(epoch, id, frame.length(), entries, writer.rawLength()), frame);
  }

  /** Stores a segment; the same draft may be sent again. */
  PutResult put(Draft draft) {
    return objects.putIfAbsent(draft.ref.key(), draft.frame.bytes());
  }

  void delete(SegmentRef ref) {
    objects.delete(ref.key());
  }

  /**
   * A segment that is not stored yet.
   *
   * @param ref what it will be known as
   * @param frame its content
   */
  record Draft(SegmentRef ref, Frame frame) {}
}
