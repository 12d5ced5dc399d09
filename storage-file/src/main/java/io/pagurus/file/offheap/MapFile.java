package io.pagurus.file.offheap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.MapSegmentContext;
import org.jspecify.annotations.Nullable;

/**
 * One Chronicle Map in one file, made for a planned size.
 *
 * <h2>Records</h2>
 *
 * <pre>
 *   shelf (4) key           -> 00 value                    a value of up to 8 KiB
 *   shelf (4) key           -> 01 id (8) length (4)        a longer one, which is in
 *   0     (4) id (8) n (4)  -> up to 8 KiB                 pieces n = 0, 1, ...
 * </pre>
 *
 * <p>Chronicle Map keeps an entry in one run of chunks of one segment; an entry longer than the
 * segment never fits and a long one may find no run. In pieces, no record is longer than the
 * longest key plus 8 KiB, and each of at most 16 KiB fits a segment of the smallest map sixty
 * times. An id is never used twice.
 *
 * <p>Thread-safe, except that a key is written by one thread at a time, and {@link #close} runs
 * alone. A write that throws for want of room has changed nothing.
 */
final class MapFile {
  private static final int PIECES_SHELF = 0;
  private static final int PIECE_BYTES = 8 << 10;
  private static final byte WHOLE = 0;
  private static final byte IN_PIECES = 1;
  private static final int HEAD_BYTES = 1 + Long.BYTES + Integer.BYTES;

  /** What Chronicle Map adds to a record, roughly. */
  private static final int RECORD_OVERHEAD = 16;

  private static final int LEAST_SEGMENTS = 16;
  private static final long LEAST_BYTES = 16L << 20;

  /** So much larger than planned can the content become, at most. */
  private static final int BLOAT = 10;

  private final Path path;
  private final Plan plan;
  private final ChronicleMap<byte[], byte[]> map;
  private final int resizes;
  private final LongAdder records = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final AtomicLong nextId;

  /** Records, and the length of their keys and values. */
  record Plan(long records, long bytes) {
    /** The records of an entry. */
    static Plan of(int keyBytes, long valueBytes) {
      long pieces = valueBytes <= PIECE_BYTES ? 0 : (valueBytes + PIECE_BYTES - 1) / PIECE_BYTES;
      return new Plan(1 + pieces, keyBytes + valueBytes + (1 + pieces) * RECORD_OVERHEAD);
    }

    /** The records of {@code entries} that have {@code bytes} together. */
    static Plan ofAll(long entries, long bytes) {
      long pieces = bytes / Math.max(1, entries) <= PIECE_BYTES ? 0 : bytes / PIECE_BYTES;
      return new Plan(entries + pieces, bytes + (entries + pieces) * RECORD_OVERHEAD);
    }

    Plan plus(Plan other) {
      return new Plan(records + other.records, bytes + other.bytes);
    }

    Plan withRoom() {
      return new Plan(Math.max(1, records) * 2, Math.max(64, bytes) * 2);
    }
  }

  private MapFile(Path path, Plan plan, long firstId, boolean isNew) throws IOException {
    this.path = path;
    this.plan = plan;
    this.nextId = new AtomicLong(firstId);
    long average = Math.max(32, plan.bytes / Math.max(1, plan.records));
    long entries = Math.max(plan.records, LEAST_BYTES / average);
    ChronicleMapBuilder<byte[], byte[]> builder =
        ChronicleMap.of(byte[].class, byte[].class)
            .averageKeySize(Math.min(24, average / 2.0))
            .averageValueSize(average - Math.min(24, average / 2.0))
            .entries(entries)
            .maxBloatFactor(BLOAT)
            .putReturnsNull(false)
            .removeReturnsNull(false)
            .skipCloseOnExitHook(true);
    if (entries * average < 16 * LEAST_BYTES) {
      builder.actualSegments(LEAST_SEGMENTS);
    }
    if (isNew) {
      PrivateFiles.create(path);
    }
    this.map = builder.createPersistedTo(path.toFile());
    this.resizes = map.remainingAutoResizes();
  }

  /** A new map. */
  static MapFile create(Path path, Plan plan, long firstId) throws IOException {
    return new MapFile(path, plan, firstId, true);
  }

  /** A map that was closed in good order. */
  static MapFile open(Path path, Plan plan, Plan used, long firstId) throws IOException {
    MapFile file = new MapFile(path, plan, firstId, false);
    file.records.add(used.records);
    file.bytes.add(used.bytes);
    return file;
  }

  Path path() {
    return path;
  }

  Plan plan() {
    return plan;
  }

  /** What is in it. */
  Plan used() {
    return new Plan(records.sum(), bytes.sum());
  }

  /** What Chronicle Map itself counts. */
  long countedRecords() {
    return map.longSize();
  }

  long nextId() {
    return nextId.get();
  }

  /** Whether {@code more} should not go in any more; far from where Chronicle Map would refuse. */
  boolean isFullWith(Plan more) {
    return records.sum() + more.records > plan.records * 3 / 2 + 1 && exceedsLeast(more)
        || bytes.sum() + more.bytes > Math.max(plan.bytes * 3 / 2, LEAST_BYTES)
        || map.remainingAutoResizes() * 3L < resizes;
  }

  /** The smallest map takes many small records, whatever the plan. */
  private boolean exceedsLeast(Plan more) {
    long average = Math.max(32, plan.bytes / Math.max(1, plan.records));
    return records.sum() + more.records > LEAST_BYTES / average;
  }

  // ---- entries ----------------------------------------------------------------------------------

  private static byte[] mapKey(int shelf, byte[] key) {
    return ByteBuffer.allocate(Integer.BYTES + key.length)
        .order(ByteOrder.nativeOrder())
        .putInt(shelf)
        .put(key)
        .array();
  }

  private static byte[] pieceKey(long id, int number) {
    return ByteBuffer.allocate(Integer.BYTES + Long.BYTES + Integer.BYTES)
        .order(ByteOrder.nativeOrder())
        .putInt(PIECES_SHELF)
        .putLong(id)
        .putInt(number)
        .array();
  }

  byte @Nullable [] get(int shelf, byte[] key) {
    byte[] mapKey = mapKey(shelf, key);
    byte[] seen = null;
    while (true) {
      byte[] head = map.get(mapKey);
      if (head == null) {
        return null;
      }
      if (head[0] == WHOLE) {
        return Arrays.copyOfRange(head, 1, head.length);
      }
      byte[] value = joined(head);
      if (value != null) {
        return value;
      }
      // Replaced meanwhile: the new head was there before the first old piece went.
      if (Arrays.equals(head, seen)) {
        throw new IllegalStateException("A piece of an entry is missing in " + path);
      }
      seen = head;
    }
  }

  boolean contains(int shelf, byte[] key) {
    return map.containsKey(mapKey(shelf, key));
  }

  private byte @Nullable [] joined(byte[] head) {
    long id = idOf(head);
    byte[] value = new byte[lengthOf(head)];
    for (int at = 0, number = 0; at < value.length; at += PIECE_BYTES, number++) {
      byte[] piece = map.get(pieceKey(id, number));
      if (piece == null) {
        return null;
      }
      System.arraycopy(piece, 0, value, at, piece.length);
    }
    return value;
  }

  private static long idOf(byte[] head) {
    return ByteBuffer.wrap(head).getLong(1);
  }

  private static int lengthOf(byte[] head) {
    return ByteBuffer.wrap(head).getInt(1 + Long.BYTES);
  }

  /** Sets an entry; what it replaced, as records, or null when the key is new. */
  @Nullable Plan put(int shelf, byte[] key, byte[] value) {
    byte[] stored;
    if (value.length <= PIECE_BYTES) {
      stored = new byte[1 + value.length];
      stored[0] = WHOLE;
      System.arraycopy(value, 0, stored, 1, value.length);
    } else {
      long id = nextId.getAndIncrement();
      stored = head(id, value.length);
      for (int at = 0, number = 0; at < value.length; at += PIECE_BYTES, number++) {
        int end = Math.min(value.length, at + PIECE_BYTES);
        map.put(pieceKey(id, number), Arrays.copyOfRange(value, at, end));
      }
    }
    byte[] before = map.put(mapKey(shelf, key), stored);
    count(Plan.of(key.length, value.length), 1);
    return before == null ? null : removed(key, before);
  }

  private static byte[] head(long id, int length) {
    return ByteBuffer.allocate(HEAD_BYTES).put(IN_PIECES).putLong(id).putInt(length).array();
  }

  /** Removes an entry; what it was, as records, or null when there was none. */
  @Nullable Plan remove(int shelf, byte[] key) {
    byte[] before = map.remove(mapKey(shelf, key));
    return before == null ? null : removed(key, before);
  }

  private Plan removed(byte[] key, byte[] before) {
    boolean inPieces = before[0] == IN_PIECES;
    int length = inPieces ? lengthOf(before) : before.length - 1;
    if (inPieces) {
      long id = idOf(before);
      for (int at = 0, number = 0; at < length; at += PIECE_BYTES, number++) {
        map.remove(pieceKey(id, number));
      }
    }
    Plan gone = Plan.of(key.length, length);
    count(gone, -1);
    return gone;
  }

  private void count(Plan plan, int times) {
    records.add(times * plan.records);
    bytes.add(times * plan.bytes);
  }

  // ---- all entries ------------------------------------------------------------------------------

  int segments() {
    return map.segments();
  }

  /** Gives each key of a shelf in a segment that {@code gatherer} wants. */
  void keys(int segment, int shelf, Consumer<byte[]> gatherer) {
    try (MapSegmentContext<byte[], byte[], ?> context = map.segmentContext(segment)) {
      context.forEachSegmentEntry(
          entry -> {
            Data<byte[]> key = entry.key();
            if (shelfOf(key) == shelf) {
              gatherer.accept(keyOf(key));
            }
          });
    }
  }

  private static int shelfOf(Data<byte[]> key) {
    return key.bytes().readInt(key.offset());
  }

  private static byte[] keyOf(Data<byte[]> key) {
    RandomDataInput from = key.bytes();
    byte[] copy = new byte[(int) key.size() - Integer.BYTES];
    from.read(key.offset() + Integer.BYTES, copy, 0, copy.length);
    return copy;
  }

  /** Copies the entries of the shelves that are {@code inUse} into an empty map. */
  void copyTo(MapFile other, IntPredicate inUse) {
    for (int segment = 0; segment < map.segments(); segment++) {
      List<byte[]> heads = new ArrayList<>();
      try (MapSegmentContext<byte[], byte[], ?> context = map.segmentContext(segment)) {
        context.forEachSegmentEntry(
            entry -> {
              int shelf = shelfOf(entry.key());
              if (shelf == PIECES_SHELF || !inUse.test(shelf)) {
                return;
              }
              byte[] key = entry.key().get();
              byte[] stored = entry.value().get();
              boolean inPieces = stored[0] == IN_PIECES;
              other.map.put(key, stored);
              other.count(
                  Plan.of(
                      key.length - Integer.BYTES, inPieces ? lengthOf(stored) : stored.length - 1),
                  1);
              if (inPieces) {
                heads.add(stored.clone()); // the next entry may come in the same array
              }
            });
      }
      for (byte[] head : heads) {
        int pieces = (lengthOf(head) + PIECE_BYTES - 1) / PIECE_BYTES;
        for (int number = 0; number < pieces; number++) {
          byte[] pieceKey = pieceKey(idOf(head), number);
          other.map.put(pieceKey, map.get(pieceKey));
        }
      }
    }
  }

  // ---- end --------------------------------------------------------------------------------------

  /** Ends it and frees the mapping; the file stays. */
  void close() {
    map.close();
  }

  /** Ends it and deletes the file. */
  void discard() throws IOException {
    map.close();
    Files.deleteIfExists(path);
  }
}
