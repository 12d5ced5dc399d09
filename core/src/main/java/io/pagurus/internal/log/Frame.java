package io.pagurus.internal.log;

import io.pagurus.IncompatibleStateException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The shape of everything that is stored: a header, a head (a manifest or what changes in it),
 * blocks of entries, and a footer. Immutable; thread-safe.
 *
 * <h2>Bytes</h2>
 *
 * <p>Numbers are big-endian.
 *
 * <pre>
 *   0   4  magic "PGRS"
 *   4   1  kind, see {@link FrameKind}
 *   5   1  version of the format, 1
 *   6   2  flags, 0
 *   8  16  id of the store
 *  24   8  epoch
 *  32   8  seq: the version of the commit; of a segment, the version it covers
 *  40  16  id of this object: of a commit, its commit id
 *  56  16  id of the commit before it; zero where there is none
 *  72   8  seconds and
 *  80   4    nanoseconds of the wall clock of the writer, for people
 *  84   4  length of the head, h
 *  88   8  length of the blocks, b
 *  96   4  id of the key it is encrypted with; 0: not encrypted
 * 100   4  CRC-32C of the bytes 0 to 99
 * 104   h  head
 *       4  CRC-32C of the id of the object and the head
 *       b  blocks, see {@link Blocks}
 *       4  number of blocks
 *       8  length of all this, from the magic to the end
 *       4  CRC-32C of the id of the object, the seq and the two numbers before
 *       4  magic "SRGP"
 * </pre>
 *
 * <p>Checksums begin with the id of the object, so that a block that came to lie in another object
 * is found out. The header keeps its length and the places of its magic, version and checksum in
 * every version to come, so that a newer version is told apart from damage.
 *
 * <h2>A sample</h2>
 *
 * <p>A commit, version 5 of epoch 3, with a head of two bytes and one removed key.
 *
 * <pre>
 * 50475253                             magic "PGRS"
 * 02010000                             a commit, version 1 of the format, no flags
 * 00112233 44556677 8899aabb ccddeeff  store 00112233-4455-6677-8899-aabbccddeeff
 * 00000000 00000003                    epoch 3
 * 00000000 00000005                    seq 5
 * 10111213 14151617 18191a1b 1c1d1e1f  its id
 * 20212223 24252627 28292a2b 2c2d2e2f  id of the commit before it
 * 00000000 698173f2 075bcd15           2026-02-03T04:05:06.123456789Z
 * 00000002                             the head has 2 bytes
 * 00000000 00000013                    the blocks have 19
 * 00000000                             not encrypted
 * d4ef883a                             CRC-32C of the header
 * 6869                                 head: "hi"
 * e635c201                             CRC-32C of the head
 * 00000006 00000006 00                 block: 6 bytes, stored as 6, raw
 * 166c7958                             CRC-32C of the block
 * 01                                   an entry of space 1
 * 036b6579                             with a key of 3 bytes, "key"
 * 00                                   that was removed
 * 00000001                             1 block
 * 00000000 00000095                    149 bytes in all
 * 54bd2adf                             CRC-32C of the footer
 * 53524750                             magic "SRGP"
 * </pre>
 */
public final class Frame {
  /** How many bytes are needed to know how long a frame is. */
  public static final int HEADER_BYTES = 104;

  /** The id of nothing. */
  public static final UUID NO_ID = new UUID(0, 0);

  private static final int MAGIC = 0x50475253;
  static final int END_MAGIC = 0x53524750;
  private static final int FORMAT_VERSION = 1;
  static final int FOOTER_BYTES = 20;
  private static final int LONGEST_HEAD = 256 << 20;
  private static final long LONGEST_FRAME = Integer.MAX_VALUE - (1 << 20);

  private final FrameKind kind;
  private final Identity identity;
  private final ByteBuffer head;
  private final Blocks blocks;

  private Frame(FrameKind kind, Identity identity, ByteBuffer head, Blocks blocks) {
    this.kind = kind;
    this.identity = identity;
    this.head = head;
    this.blocks = blocks;
  }

  /**
   * What a frame is.
   *
   * @param storeId the store it belongs to
   * @param epoch the epoch it was written in
   * @param seq its place in the history
   * @param objectId its own id
   * @param previousId the id of the commit before it
   * @param time when it was made
   */
  public record Identity(
      UUID storeId, long epoch, long seq, UUID objectId, UUID previousId, Instant time) {}

  /**
   * A header that was read and verified.
   *
   * @param kind what follows
   * @param identity which one
   * @param headLength bytes of the head
   * @param blocksLength bytes of the blocks
   */
  public record Header(FrameKind kind, Identity identity, int headLength, long blocksLength) {
    /** From the magic to the end. */
    public long frameLength() {
      return HEADER_BYTES + headLength + 4L + blocksLength + FOOTER_BYTES;
    }
  }

  /**
   * A frame to be written. {@code blocks} must have been made for the same object id.
   *
   * @throws IllegalArgumentException when it is too long to be read again
   */
  public static Frame of(FrameKind kind, Identity identity, byte[] head, Blocks blocks) {
    if (head.length > LONGEST_HEAD || blocks.length() > LONGEST_FRAME - head.length) {
      throw new IllegalArgumentException(
          "a frame of " + head.length + " and " + blocks.length() + " bytes is too long");
    }
    return new Frame(kind, identity, ByteBuffer.wrap(head), blocks);
  }

  public FrameKind kind() {
    return kind;
  }

  public Identity identity() {
    return identity;
  }

  /** The head, from its first byte. */
  public ByteBuffer head() {
    return head.duplicate();
  }

  /** The entries. */
  Blocks blocks() {
    return blocks;
  }

  /** How long it is on storage. */
  public long length() {
    return HEADER_BYTES + head.remaining() + 4L + blocks.length() + FOOTER_BYTES;
  }

  /** The same frame without its blocks, in memory of its own. It cannot be written any more. */
  public Frame withoutBlocks() {
    ByteBuffer copy = ByteBuffer.allocate(head.remaining()).put(head.duplicate()).flip();
    return new Frame(kind, identity, copy, Blocks.NONE);
  }

  // ---- writing --------------------------------------------------------------------------------

  /** As it is stored. New buffers each time; they share the memory of this frame. */
  public ByteBuffer[] bytes() {
    ByteBuffer front = ByteBuffer.allocate(HEADER_BYTES + head.remaining() + 4);
    front
        .putInt(MAGIC)
        .put((byte) kind.code())
        .put((byte) FORMAT_VERSION)
        .putShort((short) 0)
        .putLong(identity.storeId.getMostSignificantBits())
        .putLong(identity.storeId.getLeastSignificantBits())
        .putLong(identity.epoch)
        .putLong(identity.seq)
        .putLong(identity.objectId.getMostSignificantBits())
        .putLong(identity.objectId.getLeastSignificantBits())
        .putLong(identity.previousId.getMostSignificantBits())
        .putLong(identity.previousId.getLeastSignificantBits())
        .putLong(identity.time.getEpochSecond())
        .putInt(identity.time.getNano())
        .putInt(head.remaining())
        .putLong(blocks.length())
        .putInt(0);
    CRC32C crc = new CRC32C();
    crc.update(front.duplicate().flip());
    front.putInt((int) crc.getValue()).put(head.duplicate()).putInt(headChecksum());

    ByteBuffer footer = ByteBuffer.allocate(FOOTER_BYTES);
    footer.putInt(blocks.count()).putLong(length());
    footer.putInt(footerChecksum(identity, blocks.count(), length())).putInt(END_MAGIC);

    ByteBuffer[] payload = blocks.bytes();
    ByteBuffer[] all = new ByteBuffer[payload.length + 2];
    all[0] = front.flip();
    System.arraycopy(payload, 0, all, 1, payload.length);
    all[all.length - 1] = footer.flip();
    return all;
  }

  private int headChecksum() {
    return headChecksum(identity, head);
  }

  static int headChecksum(Identity identity, ByteBuffer head) {
    CRC32C crc = Blocks.checksumOf(identity.objectId);
    crc.update(head.duplicate());
    return (int) crc.getValue();
  }

  static int footerChecksum(Identity identity, int blocks, long length) {
    CRC32C crc = Blocks.checksumOf(identity.objectId);
    ByteBuffer numbers = ByteBuffer.allocate(20);
    numbers.putLong(identity.seq).putInt(blocks).putLong(length).flip();
    crc.update(numbers);
    return (int) crc.getValue();
  }

  // ---- reading --------------------------------------------------------------------------------

  /**
   * Reads a header from the position of {@code bytes}, which does not move. Null when there is
   * none: too few bytes, another magic, a wrong checksum.
   *
   * @throws IncompatibleStateException when a newer version wrote it
   */
  public static @Nullable Header header(ByteBuffer bytes) {
    ByteBuffer in = bytes.slice();
    if (in.remaining() < HEADER_BYTES || in.getInt(0) != MAGIC) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(in.duplicate().limit(HEADER_BYTES - 4));
    if ((int) crc.getValue() != in.getInt(HEADER_BYTES - 4)) {
      return null;
    }
    if (in.get(5) != FORMAT_VERSION) {
      throw newer(
          "it has format version " + (in.get(5) & 0xff) + ", this one knows " + FORMAT_VERSION);
    }
    if (in.getShort(6) != 0) {
      throw newer("it has flags that this version does not know");
    }
    if (in.getInt(96) != 0) {
      throw newer("it is encrypted, which this version cannot read");
    }
    FrameKind kind = null;
    for (FrameKind known : FrameKind.values()) {
      if (known.code() == in.get(4)) {
        kind = known;
      }
    }
    if (kind == null) {
      throw newer("it has a part of unknown kind " + (in.get(4) & 0xff));
    }
    int headLength = in.getInt(84);
    long blocksLength = in.getLong(88);
    boolean sane =
        headLength >= 0
            && headLength <= LONGEST_HEAD
            && blocksLength >= 0
            && blocksLength <= LONGEST_FRAME - headLength;
    if (!sane) {
      return null;
    }
    Identity identity =
        new Identity(
            new UUID(in.getLong(8), in.getLong(16)),
            in.getLong(24),
            in.getLong(32),
            new UUID(in.getLong(40), in.getLong(48)),
            new UUID(in.getLong(56), in.getLong(64)),
            Instant.ofEpochSecond(in.getLong(72), in.getInt(80)));
    return new Header(kind, identity, headLength, blocksLength);
  }

  private static IncompatibleStateException newer(String why) {
    return new IncompatibleStateException(
        "The state was written by a newer version of Pagurus: "
            + why
            + ". Use that version, or a newer one.");
  }

  /**
   * Reads the frame that begins at the position of {@code bytes} and verifies it, its blocks
   * included. {@code bytes} is kept and must not change.
   *
   * @param object where it was read from, for the report
   * @param offset where in that object it begins, for the report
   * @throws DamageException when any of it is missing or fails its checksum
   */
  public static Frame read(ByteBuffer bytes, String object, long offset) {
    ByteBuffer in = bytes.slice();
    Header header = header(in);
    if (header == null) {
      throw damaged(object, offset, "no valid header");
    }
    if (header.frameLength() > in.remaining()) {
      throw damaged(
          object, offset, "only " + in.remaining() + " of " + header.frameLength() + " bytes");
    }
    Identity identity = header.identity();
    int headEnd = HEADER_BYTES + header.headLength();
    int blocksEnd = headEnd + 4 + (int) header.blocksLength();
    ByteBuffer head = part(in, HEADER_BYTES, headEnd);
    int blockCount = in.getInt(blocksEnd);
    if (in.getInt(blocksEnd + 16) != END_MAGIC
        || in.getLong(blocksEnd + 4) != header.frameLength()
        || in.getInt(blocksEnd + 12)
            != footerChecksum(identity, blockCount, header.frameLength())) {
      throw damaged(object, offset + blocksEnd, "the footer fails its checksum");
    }
    Blocks blocks =
        Blocks.of(
            identity.objectId,
            part(in, headEnd + 4, blocksEnd),
            blockCount,
            object,
            offset + headEnd + 4);
    Frame frame = new Frame(header.kind(), identity, head, blocks);
    if (frame.headChecksum() != in.getInt(headEnd)) {
      throw damaged(object, offset + HEADER_BYTES, "the head fails its checksum");
    }
    blocks.verify();
    return frame;
  }

  private static ByteBuffer part(ByteBuffer in, int from, int to) {
    return in.duplicate().position(from).limit(to).slice();
  }

  private static DamageException damaged(String object, long offset, String what) {
    return new DamageException(new Damage(object, offset, what));
  }
}
