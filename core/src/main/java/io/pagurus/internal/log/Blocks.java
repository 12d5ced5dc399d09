package io.pagurus.internal.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a frame, in blocks that are compressed and verified one by one. Immutable;
 * thread-safe.
 *
 * <h2>Bytes of a block</h2>
 *
 * <pre>
 *   0   4  length of the raw bytes, at most 1 MiB
 *   4   4  length of the stored bytes, n
 *   8   1  how they are stored, see {@link Compression}
 *   9   4  CRC-32C of the id of the object, the number of the block (4 bytes), the bytes 0 to 8 and
 *          the stored bytes
 *  13   n  stored bytes
 * </pre>
 *
 * <p>The raw bytes of all blocks, one behind the other, are a run of entries; a large one spans
 * blocks.
 *
 * <pre>
 *   space, length of the key, key, length of the value + 1 (0: removed), value
 * </pre>
 *
 * <p>with lengths of seven bits an octet, lowest first.
 */
public final class Blocks {
  static final int HEADER_BYTES = 13;

  /** A block is closed at the end of the entry that makes it this long. */
  static final int FULL = 128 << 10;

  /** A shorter block is not compressed: what it would save is not worth the time. */
  static final int SHORT = 512;

  /** A block that is copied, or closed in front of one that is, has this length at least. */
  static final int LEAST_COPIED = FULL / 2;

  /** What becomes of a block and some changes may get so long, so that the next one is copied. */
  static final int FULL_PIECE = FULL + FULL / 2;

  /** A block never gets longer, an entry is split rather. */
  static final int LONGEST = 1 << 20;

  /** Octets of the longest number. */
  private static final int LONGEST_COUNT = 5;

  /** No entries. */
  public static final Blocks NONE = new Blocks(Frame.NO_ID, List.of(), 0, "", 0);

  private final UUID objectId;
  private final List<ByteBuffer> blocks;
  private final long length;
  private final String object;
  private final long offset;

  private Blocks(UUID objectId, List<ByteBuffer> blocks, long length, String object, long offset) {
    this.objectId = objectId;
    this.blocks = blocks;
    this.length = length;
    this.object = object;
    this.offset = offset;
  }

  int count() {
    return blocks.size();
  }

  /** Bytes on storage. */
  long length() {
    return length;
  }

  /** Bytes of the entries before compression. */
  long rawLength() {
    return blocks.stream().mapToLong(block -> block.getInt(0)).sum();
  }

  ByteBuffer[] bytes() {
    return blocks.stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
  }

  static CRC32C checksumOf(UUID objectId) {
    CRC32C crc = new CRC32C();
    ByteBuffer id = ByteBuffer.allocate(16);
    id.putLong(objectId.getMostSignificantBits()).putLong(objectId.getLeastSignificantBits());
    crc.update(id.flip());
    return crc;
  }

  private static int checksum(UUID objectId, int number, ByteBuffer block) {
    CRC32C crc = checksumOf(objectId);
    ByteBuffer front = ByteBuffer.allocate(13);
    front.putInt(number).put(block.duplicate().limit(9)).flip();
    crc.update(front);
    crc.update(block.duplicate().position(HEADER_BYTES));
    return (int) crc.getValue();
  }

  // ---- reading --------------------------------------------------------------------------------

  /** Finds the blocks in {@code bytes}; they are not verified yet. */
  static Blocks of(UUID objectId, ByteBuffer bytes, int count, String object, long offset) {
    List<ByteBuffer> blocks = new ArrayList<>(Math.min(count, 1 << 16));
    int at = 0;
    while (at < bytes.limit()) {
      int stored = bytes.limit() - at < HEADER_BYTES ? -1 : bytes.getInt(at + 4);
      if (stored < 0 || stored > bytes.limit() - at - HEADER_BYTES) {
        new Blocks(objectId, blocks, at, object, offset).verify(); // one of them misled
        throw new DamageException(
            new Damage(object, offset + at, "block " + blocks.size() + " has no valid header"));
      }
      int end = at + HEADER_BYTES + stored;
      blocks.add(bytes.duplicate().position(at).limit(end).slice());
      at = end;
    }
    if (blocks.size() != count) {
      new Blocks(objectId, blocks, at, object, offset).verify();
      throw new DamageException(
          new Damage(object, offset, blocks.size() + " blocks where there were " + count));
    }
    return new Blocks(objectId, blocks, bytes.limit(), object, offset);
  }

  void verify() {
    for (int i = 0; i < blocks.size(); i++) {
      verify(i);
    }
  }

  private void verify(int number) {
    ByteBuffer block = blocks.get(number);
    if (!isValid(objectId, number, block)) {
      throw damaged(number, "fails its checksum");
    }
    Compression.of(block.get(8));
  }

  private DamageException damaged(int number, String what) {
    long at = offset;
    for (int i = 0; i < number; i++) {
      at += blocks.get(i).limit();
    }
    return new DamageException(new Damage(object, at, "block " + number + " " + what));
  }

  private ByteBuffer raw(int number) {
    ByteBuffer block = blocks.get(number);
    try {
      return expand(block);
    } catch (IllegalStateException e) {
      throw damaged(number, e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /** On the heap; shares the memory of {@code block} if that was not compressed. */
  private static ByteBuffer expand(ByteBuffer block) {
    ByteBuffer stored = block.duplicate().position(HEADER_BYTES).slice();
    return Compression.of(block.get(8)).expand(stored, block.getInt(0));
  }

  /** Whether a block that came alone is the one of that number. */
  static boolean isValid(UUID objectId, int number, ByteBuffer block) {
    int raw = block.getInt(0);
    return raw >= 0 && raw <= LONGEST && block.getInt(9) == checksum(objectId, number, block);
  }

  /** How long the raw bytes of a block are that {@link #isValid}. */
  static int rawLength(ByteBuffer block) {
    return block.getInt(0);
  }

  /** The raw bytes of a block that {@link #isValid}. */
  static ByteBuffer rawOf(ByteBuffer block, String object, long offset) {
    try {
      return expand(block);
    } catch (IllegalStateException e) {
      throw new DamageException(new Damage(object, offset, String.valueOf(e.getMessage())));
    }
  }

  /** Takes entries one by one; a value of null means removed. */
  @FunctionalInterface
  interface EntryReader {
    void entry(int space, byte[] key, byte @Nullable [] value);
  }

  /** Hands out all entries, in order. Verified blocks only: see {@link #verify}. */
  void read(EntryReader reader) {
    Cursor cursor = new Cursor(this);
    while (cursor.next()) {
      reader.entry(cursor.space(), cursor.key(), cursor.value());
    }
  }

  /**
   * The raw bytes of blocks, one after the other, verified and on the heap; null behind the last.
   */
  @FunctionalInterface
  interface Raws {
    @Nullable ByteBuffer next();
  }

  /**
   * A cursor for each call, over blocks that are expanded once: for those who want to know that all
   * entries can be read before they use the first.
   */
  Supplier<Cursor> expanded() {
    List<ByteBuffer> raws = new ArrayList<>(blocks.size());
    for (int i = 0; i < blocks.size(); i++) {
      raws.add(raw(i));
    }
    long length = rawLength();
    return () -> {
      Iterator<ByteBuffer> each = raws.iterator();
      return new Cursor(() -> each.hasNext() ? each.next() : null, length, object, offset);
    };
  }

  /**
   * The same entries in parts that begin and end with an entry: a block each, or some where an
   * entry is spread over them.
   */
  List<Blocks> pieces() {
    List<Blocks> pieces = new ArrayList<>(blocks.size());
    long at = 0;
    for (int from = 0, to = 1; from < blocks.size(); from = to++) {
      while (to < blocks.size() && rawLength(blocks.get(to - 1)) == LONGEST) {
        to++; // the last entry may go on in the next block
      }
      List<ByteBuffer> some = blocks.subList(from, to);
      long bytes = some.stream().mapToLong(ByteBuffer::limit).sum();
      pieces.add(new Blocks(objectId, some, bytes, object, offset + at));
      at += bytes;
    }
    return pieces;
  }

  private Raws raws() {
    int[] next = {0};
    return () -> next[0] == blocks.size() ? null : raw(next[0]++);
  }

  /**
   * Walks over the entries, one block in memory at a time. Key and value of an entry are parts of
   * arrays, so that who looks at them need not copy them. Not thread-safe.
   */
  public static final class Cursor {
    private static final byte[] NOTHING = {};

    private final Raws raws;
    private final long rawLength;
    private final String object;
    private final long offset;
    private byte[] raw = NOTHING;
    private int at;
    private int end;
    private int space;
    private byte[] keyIn = NOTHING;
    private int keyAt;
    private int keyLength;
    private byte[] valueIn = NOTHING;
    private int valueAt;
    private int valueLength;

    /** Where what {@link #take} took begins, in the array it returned. */
    private int takenAt;

    private int probed;

    Cursor(Blocks blocks) {
      this(blocks.raws(), blocks.rawLength(), blocks.object, blocks.offset);
    }

    /**
     * Over blocks that come from anywhere.
     *
     * @param rawLength how long they are together, or longer
     */
    Cursor(Raws raws, long rawLength, String object, long offset) {
      this.raws = raws;
      this.rawLength = rawLength;
      this.object = object;
      this.offset = offset;
    }

    int space() {
      return space;
    }

    /** The key, a copy. */
    byte[] key() {
      return Arrays.copyOfRange(keyIn, keyAt, keyAt + keyLength);
    }

    /** The array that {@link #keyAt} and {@link #keyLength} are about. */
    byte[] keyIn() {
      return keyIn;
    }

    int keyAt() {
      return keyAt;
    }

    int keyLength() {
      return keyLength;
    }

    /** The value, a copy; null: removed. */
    byte @Nullable [] value() {
      return isRemoved() ? null : Arrays.copyOfRange(valueIn, valueAt, valueAt + valueLength);
    }

    /** As segments are sorted: by space, then by key. */
    int compareTo(int otherSpace, byte[] key) {
      int spaces = Integer.compare(space, otherSpace);
      return spaces != 0
          ? spaces
          : Arrays.compareUnsigned(keyIn, keyAt, keyAt + keyLength, key, 0, key.length);
    }

    boolean isRemoved() {
      return valueLength < 0;
    }

    /** The array that {@link #valueAt} and {@link #valueLength} are about. */
    byte[] valueIn() {
      return valueIn;
    }

    int valueAt() {
      return valueAt;
    }

    /** Negative: removed. */
    int valueLength() {
      return valueLength;
    }

    boolean next() {
      if (!hasByte()) {
        return false;
      }
      space = count();
      keyLength = count();
      keyIn = take(keyLength);
      keyAt = takenAt;
      valueLength = count() - 1;
      if (valueLength >= 0) {
        valueIn = take(valueLength);
        valueAt = takenAt;
      }
      return true;
    }

    /** As {@link #next}, if the next entry lies wholly in the block at hand: nothing is fetched. */
    boolean nextHere() {
      probed = at;
      boolean here = probe() >= 0 && passes(probe()) && passes(probe() - 1); // space, key, value
      return here && next();
    }

    private boolean passes(int length) {
      boolean here = length >= -1 && length <= end - probed;
      probed += Math.max(0, length);
      return here;
    }

    /** The number at {@code probed}, which moves behind it; far below zero if it is not here. */
    private int probe() {
      long result = 0;
      for (int shift = 0; shift < 35 && probed < end; shift += 7) {
        int octet = raw[probed++];
        result |= (octet & 0x7fL) << shift;
        if (octet >= 0) {
          return result > Integer.MAX_VALUE ? Integer.MIN_VALUE / 2 : (int) result;
        }
      }
      return Integer.MIN_VALUE / 2;
    }

    private boolean hasByte() {
      while (at == end) {
        ByteBuffer following = raws.next();
        if (following == null) {
          return false;
        }
        raw = following.array();
        at = following.arrayOffset() + following.position();
        end = at + following.remaining();
      }
      return true;
    }

    private int count() {
      long result = 0;
      for (int shift = 0; shift < 35; shift += 7) {
        if (!hasByte()) {
          throw endless();
        }
        int octet = raw[at++];
        result |= (octet & 0x7fL) << shift;
        if (octet >= 0) {
          if (result > Integer.MAX_VALUE) {
            throw endless();
          }
          return (int) result;
        }
      }
      throw endless();
    }

    /** The next bytes: where they lie, or a copy if they lie in several blocks. */
    private byte[] take(int length) {
      if (length <= end - at) {
        takenAt = at;
        at += length;
        return raw;
      }
      if (length > rawLength) { // before memory is taken
        throw endless();
      }
      byte[] taken = new byte[length];
      int have = 0;
      while (have < length) {
        if (!hasByte()) {
          throw endless();
        }
        int more = Math.min(length - have, end - at);
        System.arraycopy(raw, at, taken, have, more);
        have += more;
        at += more;
      }
      takenAt = 0;
      return taken;
    }

    private DamageException endless() {
      return new DamageException(
          new Damage(object, offset, "the entries do not end where the blocks end"));
    }
  }

  // ---- writing --------------------------------------------------------------------------------

  /** Makes blocks of entries. Not thread-safe. */
  public static final class Writer {
    private final UUID objectId;
    private final Compression compression;
    private final List<ByteBuffer> blocks = new ArrayList<>();
    private byte[] raw = new byte[1 << 10];
    private int size;
    private int full = FULL;
    private long length;
    private long rawLength;

    public Writer(UUID objectId, Compression compression) {
      this.objectId = objectId;
      this.compression = compression;
    }

    public void add(int space, byte[] key, byte @Nullable [] value) {
      byte[] in = value == null ? key : value;
      add(space, key, 0, key.length, in, 0, value == null ? -1 : value.length);
    }

    /** Adds an entry that lies within arrays; with a value of a negative length: removed. */
    void add(
        int space,
        byte[] keyIn,
        int keyAt,
        int keyLength,
        byte[] valueIn,
        int valueAt,
        int valueLength) {
      if (space < 0) {
        throw new IllegalArgumentException("space " + space);
      }
      long longest = 3L * LONGEST_COUNT + keyLength + Math.max(0, valueLength);
      if (longest <= LONGEST - size) {
        room((int) longest); // once, and not for each octet
      }
      count(space);
      count(keyLength);
      put(keyIn, keyAt, keyLength);
      if (valueLength < 0) {
        count(0);
      } else {
        count(valueLength + 1);
        put(valueIn, valueAt, valueLength);
      }
      if (size >= full) {
        close();
      }
    }

    /**
     * What is added until {@link #endPiece} takes the place of a block that is there: a new one
     * should end where that one ended, else all that follow would have to be made anew.
     */
    void beginPiece() {
      full = FULL_PIECE;
    }

    void endPiece() {
      full = FULL;
      if (size >= FULL) {
        close();
      }
    }

    /**
     * Whether {@link #copy} takes {@code piece}: not if it is compressed in another way than what
     * is written now, and not if short blocks would come of it, which compress badly.
     */
    boolean canCopy(Blocks piece) {
      if (piece.count() != 1 || size > 0 && size < LEAST_COPIED) {
        return false;
      }
      ByteBuffer block = piece.blocks.get(0);
      int code = block.get(8);
      return Blocks.rawLength(block) >= LEAST_COPIED
          && (code == compression.code() || code == Compression.RAW.code());
    }

    /** Adds the entries of a verified block as they are stored, if it {@link #canCopy} them. */
    void copy(Blocks piece) {
      close();
      ByteBuffer block = piece.blocks.get(0);
      ByteBuffer copy = ByteBuffer.allocate(block.limit()).put(block.duplicate()).flip();
      copy.putInt(9, checksum(objectId, blocks.size(), copy));
      blocks.add(copy);
      length += copy.limit();
      rawLength += Blocks.rawLength(copy);
    }

    /** Bytes on storage of the blocks that are closed. */
    long length() {
      return length;
    }

    /** Bytes before compression, of what was added. */
    long rawLength() {
      return rawLength + size;
    }

    public Blocks finish() {
      close();
      return new Blocks(objectId, List.copyOf(blocks), length, "", 0);
    }

    private void count(int value) {
      int rest = value;
      while (rest > 0x7f) {
        octet(rest & 0x7f | 0x80);
        rest >>>= 7;
      }
      octet(rest);
    }

    private void octet(int value) {
      if (size == raw.length || size == LONGEST) {
        room(1);
      }
      raw[size++] = (byte) value;
    }

    private void put(byte[] data, int from, int count) {
      int done = 0;
      while (done < count) {
        int more = Math.min(count - done, LONGEST - size);
        room(more);
        System.arraycopy(data, from + done, raw, size, more);
        size += more;
        done += more;
        if (size == LONGEST) {
          close();
        }
      }
    }

    private void room(int more) {
      if (size + more > LONGEST) {
        close();
      }
      if (raw.length - size < more) {
        raw = Arrays.copyOf(raw, Math.max(raw.length * 2, size + more));
      }
    }

    private void close() {
      if (size == 0) {
        return;
      }
      byte[] shrunk = size < SHORT ? null : compression.shrink(raw, size);
      int stored = shrunk == null ? size : shrunk.length;
      ByteBuffer block = ByteBuffer.allocate(HEADER_BYTES + stored);
      block
          .putInt(size)
          .putInt(stored)
          .put((byte) (shrunk == null ? Compression.RAW : compression).code())
          .putInt(0);
      block.put(shrunk == null ? raw : shrunk, 0, stored).flip();
      block.putInt(9, checksum(objectId, blocks.size(), block));
      blocks.add(block);
      length += block.limit();
      rawLength += size;
      size = 0;
    }
  }
}
