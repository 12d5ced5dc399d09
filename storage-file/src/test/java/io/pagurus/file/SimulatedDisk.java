package io.pagurus.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps after a power cut only what was forced, and of the rest whatever it
 * likes: sectors of a write, or zeros in their place; names in a directory, one by one.
 *
 * <p>A failed force drops what it should have made durable; forcing again succeeds and helps
 * nothing, as Linux does it. Thread-safe.
 */
final class SimulatedDisk implements Disk {
  private static final int SECTOR = 512;

  /** The calls. */
  enum Call {
    CREATE,
    OPEN,
    WRITE,
    FORCE,
    READ,
    LINK,
    DELETE,
    LIST,
    CREATE_DIRECTORY,
    FORCE_DIRECTORY,
    EXISTS,
    IN_PLACE
  }

  /** Runs before each call, and may throw in its place. */
  @FunctionalInterface
  interface Fault {
    void before(Call call, Path path) throws IOException;
  }

  private final Random random;
  private Node root = Node.directory();
  private int powerCuts;
  private Fault fault = (call, path) -> {};
  private long room = Long.MAX_VALUE;
  private int mostBytesPerWrite = Integer.MAX_VALUE;
  private boolean failedForceMayHaveWorked;

  SimulatedDisk(long seed) {
    this.random = new Random(seed);
  }

  private static final class Node {
    final @Nullable Map<String, Node> names;
    final Map<String, Node> durableNames = new TreeMap<>();
    byte[] content = new byte[0];
    byte[] durable = new byte[0];
    final List<Write> dirty = new ArrayList<>();

    Node(@Nullable Map<String, Node> names) {
      this.names = names;
    }

    static Node directory() {
      return new Node(new TreeMap<>());
    }
  }

  private record Write(int offset, byte[] data) {}

  // ---- faults ---------------------------------------------------------------------------------

  synchronized void fault(Fault newFault) {
    fault = newFault;
  }

  /** The next call of this kind fails, those after it do not. */
  void failNext(Call which) {
    failNext(which, 1);
  }

  /** The {@code count}th call of this kind fails, those before and after it do not. */
  void failNext(Call which, int count) {
    int[] left = {count};
    fault(
        (call, path) -> {
          if (call == which && --left[0] == 0) {
            throw new IOException("simulated: " + call + " " + path);
          }
        });
  }

  /** From now on only so many bytes can be written. */
  synchronized void room(long bytes) {
    room = bytes;
  }

  synchronized void mostBytesPerWrite(int bytes) {
    mostBytesPerWrite = bytes;
  }

  /** From now on a force that fails may have made durable some of what it should have. */
  synchronized void failedForceMayHaveWorked() {
    failedForceMayHaveWorked = true;
  }

  /** The machine goes down and comes up again; files that were open are not open any more. */
  synchronized void cutPower() {
    powerCuts++;
    fault = (call, path) -> {};
    room = Long.MAX_VALUE;
    root = afterPowerCut(root);
  }

  private Node afterPowerCut(Node before) {
    if (before.names == null) {
      byte[] content = torn(before);
      Node after = new Node(null);
      after.content = content;
      after.durable = content.clone();
      return after;
    }
    Map<String, Node> kept = new TreeMap<>(before.durableNames);
    before.durableNames.forEach(
        (name, node) -> {
          if (before.names.get(name) != node && random.nextBoolean()) {
            kept.remove(name);
          }
        });
    before.names.forEach(
        (name, node) -> {
          if (before.durableNames.get(name) != node && random.nextBoolean()) {
            kept.put(name, node);
          }
        });
    Node after = Node.directory();
    kept.forEach(
        (name, node) -> {
          Node child = afterPowerCut(node);
          Objects.requireNonNull(after.names).put(name, child);
          after.durableNames.put(name, child);
        });
    return after;
  }

  private byte[] torn(Node node) {
    byte[] content = node.durable.clone();
    int keep = random.nextInt(3); // nothing, everything, sector by sector
    for (Write write : node.dirty) {
      int length =
          keep == 0 ? 0 : keep == 1 ? write.data.length : random.nextInt(write.data.length + 1);
      for (int at = 0; at < length; at += SECTOR) {
        int more = Math.min(SECTOR, length - at);
        content = Arrays.copyOf(content, Math.max(content.length, write.offset + at + more));
        if (keep == 1 || random.nextBoolean()) {
          System.arraycopy(write.data, at, content, write.offset + at, more);
        }
      }
    }
    return content;
  }

  private synchronized void before(Call call, Path path) throws IOException {
    fault.before(call, path);
  }

  // ---- the calls ------------------------------------------------------------------------------

  private Node find(Path path) throws IOException {
    Node node = root;
    for (Path name : path.toAbsolutePath()) {
      if (node.names == null) {
        throw new NotDirectoryException(path.toString());
      }
      node = node.names.get(name.toString());
      if (node == null) {
        throw new NoSuchFileException(path.toString());
      }
    }
    return node;
  }

  private Map<String, Node> names(Path directory) throws IOException {
    Node node = find(directory);
    if (node.names == null) {
      throw new NotDirectoryException(directory.toString());
    }
    return node.names;
  }

  private Map<String, Node> siblings(Path path) throws IOException {
    return names(Objects.requireNonNull(path.getParent()));
  }

  private static String name(Path path) {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  private void add(Path path, Node node) throws IOException {
    if (siblings(path).putIfAbsent(name(path), node) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
  }

  @Override
  public synchronized OpenFile create(Path file) throws IOException {
    before(Call.CREATE, file);
    Node node = new Node(null);
    add(file, node);
    return new SimulatedFile(file, node);
  }

  @Override
  public synchronized OpenFile open(Path file) throws IOException {
    before(Call.OPEN, file);
    return new SimulatedFile(file, find(file));
  }

  @Override
  public synchronized void link(Path link, Path existing) throws IOException {
    before(Call.LINK, link);
    add(link, find(existing));
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    before(Call.DELETE, file);
    if (siblings(file).remove(name(file)) == null) {
      throw new NoSuchFileException(file.toString());
    }
  }

  @Override
  public synchronized List<Entry> list(Path directory) throws IOException {
    before(Call.LIST, directory);
    List<Entry> entries = new ArrayList<>();
    names(directory)
        .forEach(
            (name, node) -> entries.add(new Entry(name, node.names != null, node.content.length)));
    return entries;
  }

  @Override
  public synchronized void createDirectory(Path directory) throws IOException {
    before(Call.CREATE_DIRECTORY, directory);
    add(directory, Node.directory());
  }

  @Override
  public synchronized void forceDirectory(Path directory) throws IOException {
    before(Call.FORCE_DIRECTORY, directory);
    Node node = find(directory);
    node.durableNames.clear();
    node.durableNames.putAll(names(directory));
  }

  @Override
  public synchronized Presence exists(Path path) {
    try {
      before(Call.EXISTS, path);
      find(path);
      return Presence.YES;
    } catch (NoSuchFileException e) {
      return Presence.NO;
    } catch (IOException e) {
      return Presence.UNKNOWN;
    }
  }

  private final class SimulatedFile implements OpenFile {
    private final Path path;
    private final Node node;
    private final int openedAt;

    SimulatedFile(Path path, Node node) {
      this.path = path;
      this.node = node;
      this.openedAt = powerCuts;
    }

    private void check(Call call) throws IOException {
      before(call, path);
      if (openedAt != powerCuts) {
        throw new IOException("The power was cut since " + path + " was opened");
      }
    }

    @Override
    public int write(ByteBuffer data, long offset) throws IOException {
      synchronized (SimulatedDisk.this) {
        check(Call.WRITE);
        int length = (int) Math.min(Math.min(data.remaining(), mostBytesPerWrite), room);
        if (length == 0 && data.hasRemaining()) {
          throw new IOException("No space left on device");
        }
        room -= length;
        byte[] bytes = new byte[length];
        data.get(bytes);
        int at = (int) offset;
        node.content = Arrays.copyOf(node.content, Math.max(node.content.length, at + length));
        System.arraycopy(bytes, 0, node.content, at, length);
        node.dirty.add(new Write(at, bytes));
        return length;
      }
    }

    @Override
    public void force(boolean metadata) throws IOException {
      synchronized (SimulatedDisk.this) {
        try {
          check(Call.FORCE);
        } catch (IOException e) {
          if (failedForceMayHaveWorked) {
            node.durable = torn(node);
          }
          node.dirty.clear();
          throw e;
        }
        for (Write write : node.dirty) {
          int end = write.offset + write.data.length;
          node.durable = Arrays.copyOf(node.durable, Math.max(node.durable.length, end));
          System.arraycopy(write.data, 0, node.durable, write.offset, write.data.length);
        }
        node.dirty.clear();
      }
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      synchronized (SimulatedDisk.this) {
        check(Call.READ);
        if (offset >= node.content.length) {
          return -1;
        }
        int length = (int) Math.min(target.remaining(), node.content.length - offset);
        target.put(node.content, (int) offset, length);
        return length;
      }
    }

    @Override
    public long length() throws IOException {
      synchronized (SimulatedDisk.this) {
        check(Call.READ);
        return node.content.length;
      }
    }

    @Override
    public Presence inPlace() {
      synchronized (SimulatedDisk.this) {
        try {
          check(Call.IN_PLACE);
          return find(path) == node ? Presence.YES : Presence.NO;
        } catch (NoSuchFileException e) {
          return Presence.NO;
        } catch (IOException e) {
          return Presence.UNKNOWN;
        }
      }
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
