package io.pagurus.file.offheap;

import io.pagurus.internal.log.LiveTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The proof that a map file was closed in good order, in a small file beside it. It counts on the
 * boot it was written in only: the map is never forced, so it is the page cache that holds it.
 *
 * @param mark the state that the map holds
 * @param boot the boot of the machine
 * @param library the version of Chronicle Map
 * @param file the name of the map file
 * @param length the length of the map file
 * @param plan what it was made for
 * @param used what is in it
 * @param nextId the next id for a value in pieces
 * @param nextShelf the next shelf
 * @param shelves the shelf of each space
 */
record CleanEnd(
    LiveTable.Mark mark,
    String boot,
    String library,
    String file,
    long length,
    MapFile.Plan plan,
    MapFile.Plan used,
    long nextId,
    int nextShelf,
    Map<Integer, ShelfState> shelves) {
  private static final String NAME = "clean-end";
  private static final int MAGIC = 0x5047434c; // PGCL
  private static final long LONGEST = 16 << 20;

  /** A shelf, the entries on it, and their records. */
  record ShelfState(int number, long entries, MapFile.Plan used) {}

  /** Writes it durably. */
  void write(Path directory) throws IOException {
    Path temporary = directory.resolve(NAME + ".tmp");
    Files.deleteIfExists(temporary);
    PrivateFiles.create(temporary);
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer content = ByteBuffer.wrap(encode());
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
    Files.move(temporary, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    PrivateFiles.forceNames(directory);
  }

  private byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      write(out, mark.storeId());
      out.writeLong(mark.version());
      write(out, mark.commitId());
      out.writeUTF(boot);
      out.writeUTF(library);
      out.writeUTF(file);
      out.writeLong(length);
      write(out, plan);
      write(out, used);
      out.writeLong(nextId);
      out.writeInt(nextShelf);
      out.writeInt(shelves.size());
      for (Map.Entry<Integer, ShelfState> shelf : shelves.entrySet()) {
        out.writeInt(shelf.getKey());
        out.writeInt(shelf.getValue().number());
        out.writeLong(shelf.getValue().entries());
        write(out, shelf.getValue().used());
      }
      out.writeLong(checksum(bytes.toByteArray()));
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, UUID id) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  private static void write(DataOutputStream out, MapFile.Plan plan) throws IOException {
    out.writeLong(plan.records());
    out.writeLong(plan.bytes());
  }

  private static long checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }

  /** What is there, or null when there is nothing that counts. */
  static @Nullable CleanEnd read(Path directory) {
    try {
      Path file = directory.resolve(NAME);
      return Files.size(file) > LONGEST ? null : decode(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      return null; // it proves nothing then, and a rebuild is always right
    }
  }

  private static @Nullable CleanEnd decode(byte[] bytes) throws IOException {
    int end = bytes.length - Long.BYTES;
    if (end < 0 || checksum(Arrays.copyOf(bytes, end)) != ByteBuffer.wrap(bytes).getLong(end)) {
      return null;
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end));
    if (in.readInt() != MAGIC) {
      return null;
    }
    LiveTable.Mark mark = new LiveTable.Mark(readId(in), in.readLong(), readId(in));
    String boot = in.readUTF();
    String library = in.readUTF();
    String file = in.readUTF();
    long length = in.readLong();
    MapFile.Plan plan = readPlan(in);
    MapFile.Plan used = readPlan(in);
    long nextId = in.readLong();
    int nextShelf = in.readInt();
    Map<Integer, ShelfState> shelves = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      int space = in.readInt();
      shelves.put(space, new ShelfState(in.readInt(), in.readLong(), readPlan(in)));
    }
    return new CleanEnd(mark, boot, library, file, length, plan, used, nextId, nextShelf, shelves);
  }

  private static UUID readId(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }

  private static MapFile.Plan readPlan(DataInputStream in) throws IOException {
    return new MapFile.Plan(in.readLong(), in.readLong());
  }

  /** Whether the map file is there, as long as it was. */
  boolean isOf(Path directory) throws IOException {
    Path map = directory.resolve(file);
    return Files.isRegularFile(map) && Files.size(map) == length;
  }

  /** Takes the proof away, durably: from now on the map may change. */
  static void remove(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(NAME + ".tmp"));
    if (Files.deleteIfExists(directory.resolve(NAME))) {
      PrivateFiles.forceNames(directory);
    }
  }
}
