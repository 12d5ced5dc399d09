package io.pagurus.internal.log;

import io.pagurus.IncompatibleStateException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
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
   * anything is odd, it is read again as a whole, and handed out from the beginning.
   *
   * @param reader goes to the end of what it is given
   * @throws DamageException as {@link #read(SegmentRef)}; entries may have been handed out before
   */
  void read(SegmentRef ref, RangeReads reads, Consumer<Blocks.Cursor> reader) {
    try (RangeReads.Ranges ranges = reads.of(ref.key(), ref.length() + 1)) {
      reader.accept(new SegmentStream(ref, storeId, ranges::next).entries());
      return;
    } catch (DamageException | ObjectNotFoundException odd) {
      // Read it again below, which tells a bad read from damage and reports all of it.
    }
    reader.accept(new Blocks.Cursor(read(ref)));
  }

  /**
   * Hands out the entries of the spaces below {@code end} one by one: segments begin with them. One
   * more is handed out, if there is one: it says what is in the space behind them. What follows is
   * neither read nor verified, so this may find less damage than there is.
   *
   * @return how many bytes were read
   */
  long readFirst(SegmentRef ref, int end, Consumer<Blocks.Cursor> reader) {
    Front front = new Front(ref, FRONT_BYTES);
    try {
      handOut(new SegmentStream(ref, storeId, front::next).entries(), end, reader);
    } catch (DamageException | ObjectNotFoundException odd) {
      handOut(new Blocks.Cursor(read(ref)), end, reader);
    }
    return Math.min(front.read, ref.length());
  }

  private static void handOut(Blocks.Cursor entries, int end, Consumer<Blocks.Cursor> reader) {
    boolean more = true;
    while (more && entries.next()) {
      more = entries.space() < end;
      reader.accept(entries);
    }
  }

  /**
   * What was looked up.
   *
   * @param value the value, null: there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Found(byte @Nullable [] value) {}

  /**
   * Looks up one key: reads and verifies the segment, and expands few blocks of it. Null when that
   * cannot be done; then {@link #read(SegmentRef, RangeReads, Consumer)} tells why.
   */
  @Nullable Found find(SegmentRef ref, int space, byte[] key) {
    List<ByteBuffer> blocks = new ArrayList<>();
    try {
      Front whole = new Front(ref, ref.length());
      SegmentStream stream = new SegmentStream(ref, storeId, whole::next);
      for (ByteBuffer block = stream.nextBlock(); block != null; block = stream.nextBlock()) {
        if (Blocks.rawLength(block) == Blocks.LONGEST) {
          return null; // the next one may begin within an entry
        }
        blocks.add(block);
      }
      return find(ref, blocks, space, key);
    } catch (DamageException | ObjectNotFoundException odd) {
      return null;
    }
  }

  private static Found find(SegmentRef ref, List<ByteBuffer> blocks, int space, byte[] key) {
    int low = 0; // the last block that begins at the key or before it
    for (int high = blocks.size() - 1; low < high; ) {
      int middle = low + high + 1 >>> 1;
      Blocks.Cursor first = entriesOf(ref, blocks.get(middle));
      if (first.next() && first.compareTo(space, key) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (!blocks.isEmpty()) {
      Blocks.Cursor entries = entriesOf(ref, blocks.get(low));
      while (entries.next()) {
        int order = entries.compareTo(space, key);
        if (order >= 0) {
          return new Found(order == 0 ? entries.value() : null);
        }
      }
    }
    return new Found(null);
  }

  private static Blocks.Cursor entriesOf(SegmentRef ref, ByteBuffer block) {
    Iterator<ByteBuffer> raw = List.of(Blocks.rawOf(block, ref.key(), -1)).iterator();
    return new Blocks.Cursor(
        () -> raw.hasNext() ? raw.next() : null, ref.rawBytes(), ref.key(), -1);
  }

  /** A segment in pieces, each as long as all before it: few are wanted. */
  private final class Front {
    private final SegmentRef ref;
    private final long first;
    private long read;

    Front(SegmentRef ref, long first) {
      this.ref = ref;
      this.first = first;
    }

    byte @Nullable [] next() {
      long left = ref.length() + 1 - read;
      if (left == 0) {
        return null;
      }
      long more = Math.max(first, read);
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
    Blocks.Cursor first = new Blocks.Cursor(blocks);
    int leastSpace = first.next() ? first.space() : 0; // they are in order
    byte[] head = new Wire.Out().count(entries).count(writer.rawLength()).toByteArray();
    Frame frame =
        Frame.of(
            FrameKind.SEGMENT,
            new Frame.Identity(storeId, epoch, covered, id, Frame.NO_ID, at),
            head,
            blocks);
    return new Draft(
        new SegmentRef(epoch, id, frame.length(), entries, writer.rawLength(), leastSpace), frame);
  }

  /** Stores a segment, without haste; the same draft may be sent again. */
  PutResult put(Draft draft, Runnable between) {
    return objects.putIfAbsent(draft.ref.key(), between, draft.frame.bytes());
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
