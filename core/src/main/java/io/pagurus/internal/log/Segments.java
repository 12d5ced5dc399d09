package io.pagurus.internal.log;

import io.pagurus.IncompatibleStateException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads and writes segments. Thread-safe. */
final class Segments {
  /** A damaged read is repeated so often before it is called damage. */
  private static final int TRIES = 3;

  /** The first block of a segment is shorter than this as a rule. */
  private static final int FRONT_BYTES = 160 << 10;

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

  /**
   * Hands out the entries of a segment, verified block by block, while the rest is still read. When
   * anything is odd, it is read again as a whole, and some entries are handed out twice.
   *
   * @throws DamageException as {@link #read(SegmentRef)}; entries may have been handed out before
   */
  void read(SegmentRef ref, RangeReads reads, Blocks.EntryReader reader) {
    try (RangeReads.Ranges ranges = reads.of(ref.key(), ref.length() + 1)) {
      Blocks.Cursor entries = new SegmentStream(ref, storeId, ranges::next).entries();
      while (entries.next()) {
        reader.entry(entries.space(), entries.key(), entries.value());
      }
      return;
    } catch (DamageException | ObjectNotFoundException odd) {
      // Read it again below, which tells a bad read from damage and reports all of it.
    }
    read(ref).read(reader);
  }

  /**
   * Hands out the entries of the spaces below {@code end}: segments begin with them. What follows
   * is neither read nor verified, so this may find less damage than there is.
   *
   * @return how many bytes were read
   */
  long readFirst(SegmentRef ref, int end, Blocks.EntryReader reader) {
    Front front = new Front(ref);
    try {
      handOut(new SegmentStream(ref, storeId, front::next).entries(), end, reader);
    } catch (DamageException | ObjectNotFoundException odd) {
      handOut(new Blocks.Cursor(read(ref)), end, reader);
    }
    return Math.min(front.read, ref.length());
  }

  private static void handOut(Blocks.Cursor entries, int end, Blocks.EntryReader reader) {
    while (entries.next() && entries.space() < end) {
      reader.entry(entries.space(), entries.key(), entries.value());
    }
  }

  /** A segment in pieces, each as long as all before it: few are wanted. */
  private final class Front {
    private final SegmentRef ref;
    private long read;

    Front(SegmentRef ref) {
      this.ref = ref;
    }

    byte @Nullable [] next() {
      long left = ref.length() + 1 - read;
      if (left == 0) {
        return null;
      }
      long more = Math.max(FRONT_BYTES, read);
      int length = (int) (left - 1 <= more ? left : more);
      byte[] piece = objects.get(ref.key(), read, length);
      read += length;
      return piece;
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
