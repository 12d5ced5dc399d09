package io.pagurus.internal.log;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A segment that arrives piece by piece: its blocks are verified and handed out while the rest is
 * still under way. For one thread.
 *
 * <p>What it says is damage may be a bad read, and does not name all that is wrong: {@link
 * Segments#read} decides.
 */
final class SegmentStream {
  private final SegmentRef ref;
  private final Supplier<byte @Nullable []> pieces;
  private final UUID storeId;
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private long offset;
  private Frame.@Nullable Header header;
  private long blocksLeft;
  private int block;
  private long blockAt;

  /**
   * A segment.
   *
   * @param pieces its bytes, in order; null behind the last
   */
  SegmentStream(SegmentRef ref, UUID storeId, Supplier<byte @Nullable []> pieces) {
    this.ref = ref;
    this.storeId = storeId;
    this.pieces = pieces;
  }

  /** Its entries; behind the last one it has verified the rest of the segment, too. */
  Blocks.Cursor entries() {
    return new Blocks.Cursor(this::raw, ref.rawBytes(), ref.key(), 0);
  }

  /** The blocks as they come, not expanded; verified. Ends as {@link #entries} does. */
  @Nullable ByteBuffer nextBlock() {
    Frame.Header known = header;
    if (known == null) {
      known = begin();
      header = known;
    }
    if (blocksLeft == 0) {
      if (block >= 0) {
        end(known);
      }
      return null;
    }
    long at = offset;
    ByteBuffer front = take(Blocks.HEADER_BYTES);
    int stored = front.getInt(4);
    if (stored < 0 || stored > Blocks.LONGEST || stored > blocksLeft - Blocks.HEADER_BYTES) {
      throw damaged(at, "block " + block + " has no valid header");
    }
    ByteBuffer whole = takeBehind(front, stored);
    if (!Blocks.isValid(ref.id(), block, whole)) {
      throw damaged(at, "block " + block + " fails its checksum");
    }
    block++;
    blocksLeft -= whole.limit();
    blockAt = at;
    return whole;
  }

  private @Nullable ByteBuffer raw() {
    ByteBuffer whole = nextBlock();
    return whole == null ? null : Blocks.rawOf(whole, ref.key(), blockAt);
  }

  private Frame.Header begin() {
    Frame.Header read = Frame.header(take(Frame.HEADER_BYTES));
    if (read == null) {
      throw damaged(0, "no valid header");
    }
    Frame.Identity identity = read.identity();
    if (read.kind() != FrameKind.SEGMENT
        || !identity.storeId().equals(storeId)
        || !identity.objectId().equals(ref.id())) {
      throw damaged(-1, "another object lies in its place");
    }
    if (read.frameLength() != ref.length()) {
      throw damaged(-1, read.frameLength() + " bytes where there were " + ref.length());
    }
    ByteBuffer head = take(read.headLength());
    if (take(4).getInt(0) != Frame.headChecksum(identity, head)) {
      throw damaged(Frame.HEADER_BYTES, "the head fails its checksum");
    }
    blocksLeft = read.blocksLength();
    return read;
  }

  private void end(Frame.Header known) {
    long at = offset;
    ByteBuffer footer = take(Frame.FOOTER_BYTES);
    if (footer.getInt(0) != block
        || footer.getLong(4) != ref.length()
        || footer.getInt(12) != Frame.footerChecksum(known.identity(), block, ref.length())
        || footer.getInt(16) != Frame.END_MAGIC) {
      throw damaged(at, "the footer fails its checksum");
    }
    if (piece.hasRemaining() || nextPiece()) {
      throw damaged(-1, "more bytes where there were " + ref.length());
    }
    block = -1;
  }

  /** A view of the next bytes; a copy where they lie in two pieces. */
  private ByteBuffer take(int length) {
    return takeBehind(ByteBuffer.allocate(0), length);
  }

  /** As {@link #take}, with what was taken right before in front of it. */
  private ByteBuffer takeBehind(ByteBuffer before, int length) {
    int front = before.limit();
    if (piece.remaining() >= length && piece.position() >= front) {
      int from = piece.position() - front;
      ByteBuffer view = piece.duplicate().position(from).limit(from + front + length).slice();
      piece.position(piece.position() + length);
      offset += length;
      return view;
    }
    ByteBuffer copy = ByteBuffer.allocate(front + length).put(before.duplicate().position(0));
    while (copy.hasRemaining()) {
      if (!piece.hasRemaining() && !nextPiece()) {
        throw damaged(-1, offset + " bytes where there were " + ref.length());
      }
      int more = Math.min(copy.remaining(), piece.remaining());
      copy.put(piece.duplicate().limit(piece.position() + more));
      piece.position(piece.position() + more);
      offset += more;
    }
    return copy.flip();
  }

  private boolean nextPiece() {
    while (true) {
      byte[] next = pieces.get();
      if (next == null) {
        return false;
      }
      piece = ByteBuffer.wrap(next);
      if (next.length > 0) {
        return true;
      }
    }
  }

  private DamageException damaged(long at, String what) {
    return new DamageException(new Damage(ref.key(), at, what));
  }
}
