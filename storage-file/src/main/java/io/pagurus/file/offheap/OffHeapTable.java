package io.pagurus.file.offheap;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.file.offheap.MapFile.Plan;
import io.pagurus.internal.log.LiveTable;
import io.pagurus.internal.log.SortedKeys;
import io.pagurus.spi.Change;
import io.pagurus.spi.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import net.openhft.chronicle.map.ChronicleMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A live table in Chronicle Map.
 *
 * <h2>Spaces</h2>
 *
 * <p>The entries of a space are on a shelf, whose number begins their keys in the map. To clear a
 * space is to give it a new shelf; what was on the old one is left behind when the map grows.
 *
 * <h2>Growth</h2>
 *
 * <p>A map is planned for twice what is known, and copied to a larger one before it is half as full
 * again, long before Chronicle Map would refuse. Reads go on meanwhile, from the old one.
 *
 * <h2>Scans</h2>
 *
 * <p>Chronicle Map has no order. A scan takes a pass over <em>all</em> entries of the table, keeps
 * the smallest keys from where it begins, up to {@value #WINDOW_BYTES} bytes of them, and serves
 * itself and the scans after it from this window; commits keep the window right. So to page through
 * a space costs one pass (about a second for a million entries) for each 120,000 keys of 16 bytes;
 * a scan that begins elsewhere costs one pass; a space that fits into its window costs one pass in
 * all. The windows of four spaces are kept.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>Locks are taken in the order {@code passes}, {@code commits}, {@code mapping}.
 *   <li>A commit is applied under the write lock of {@code commits}, reads of several keys hold its
 *       read lock, so each of those sees a commit wholly or not at all.
 *   <li>Whoever touches {@code file} holds {@code mapping}, shared; it is held exclusively only to
 *       put another map in place of it, and while loading also to copy. A single read takes no
 *       other lock.
 *   <li>Only the thread that applies, or while loading one that holds {@code mapping} exclusively,
 *       replaces {@code file}.
 *   <li>No pass runs under {@code commits}. {@link SortedKeys} says why a window is right all the
 *       same.
 * </ol>
 */
final class OffHeapTable implements LiveTable {
  private static final Logger LOG = LoggerFactory.getLogger(OffHeapTable.class);

  static final long WINDOW_BYTES = 8L << 20;

  /** Of the array, and of the references to it in a window. */
  private static final int KEY_OVERHEAD = 16 + 8 + 24;

  private static final int MOST_WINDOWS = 4;
  private static final int MOST_TRIES = 20;

  private final MapFiles files;
  private final Path directory;
  private final @Nullable String boot;

  private final Object passes = new Object();
  private final ReentrantReadWriteLock commits = new ReentrantReadWriteLock();
  private final ReentrantReadWriteLock mapping = new ReentrantReadWriteLock();

  private final ConcurrentHashMap<Integer, Shelf> shelves = new ConcurrentHashMap<>();
  private final AtomicInteger nextShelf;

  /** Shelves with a window, the one used longest ago first. */
  @GuardedBy("passes")
  private final Deque<Shelf> windowed = new ArrayDeque<>();

  @GuardedBy("mapping")
  private MapFile file;

  @GuardedBy("mapping")
  private boolean closed;

  /** Where the entries of a space are. */
  private static final class Shelf {
    final int number;
    final LongAdder entries = new LongAdder();
    final LongAdder records = new LongAdder();
    final LongAdder bytes = new LongAdder();

    /** Guarded by {@code commits}. */
    @Nullable SortedKeys window;

    /** A window in the making, which takes note of new keys already. Guarded by {@code commits}. */
    @Nullable SortedKeys growing;

    Shelf(int number) {
      this.number = number;
    }

    void count(Plan plan, int times) {
      records.add(times * plan.records());
      bytes.add(times * plan.bytes());
    }

    Plan used() {
      return new Plan(records.sum(), bytes.sum());
    }
  }

  private OffHeapTable(MapFiles files, @Nullable String boot, MapFile file, int nextShelf) {
    this.files = files;
    this.directory = files.directory();
    this.boot = boot;
    this.file = file;
    this.nextShelf = new AtomicInteger(nextShelf);
  }

  static OffHeapTable create(MapFiles files, @Nullable String boot, long entries, long bytes)
      throws IOException {
    Plan plan = Plan.ofAll(Math.max(0, entries), Math.max(0, bytes)).withRoom();
    return new OffHeapTable(files, boot, newFile(files, plan, 1), 1);
  }

  /** What a clean end left behind; whoever calls has looked at the proof. */
  static OffHeapTable open(MapFiles files, String boot, CleanEnd end) throws IOException {
    Path path = files.use(end.file());
    boolean opened = false;
    MapFile file;
    try {
      file = MapFile.open(path, end.plan(), end.used(), end.nextId());
      opened = true;
    } finally {
      if (!opened) {
        files.release(path);
      }
    }
    if (file.countedRecords() != end.used().records()) {
      discard(files, file);
      throw new IOException(
          end.file() + " has not the " + end.used().records() + " records of its clean end");
    }
    OffHeapTable table = new OffHeapTable(files, boot, file, end.nextShelf());
    end.shelves()
        .forEach(
            (space, state) -> {
              Shelf shelf = new Shelf(state.number());
              shelf.entries.add(state.entries());
              shelf.count(state.used(), 1);
              table.shelves.put(space, shelf);
            });
    return table;
  }

  static String libraryVersion() {
    return String.valueOf(ChronicleMap.class.getPackage().getImplementationVersion());
  }

  private static MapFile newFile(MapFiles files, Plan plan, long firstId) throws IOException {
    for (int tries = 1; ; tries++) {
      Path path = files.next();
      boolean made = false;
      try {
        MapFile file = MapFile.create(path, plan, firstId);
        made = true;
        return file;
      } catch (NoSuchFileException e) {
        // A new owner took it for a left-over. This one goes on until it learns that it has lost.
        if (tries == MOST_TRIES) {
          throw e;
        }
      } finally {
        if (!made) {
          files.release(path);
        }
      }
    }
  }

  private static void discard(MapFiles files, MapFile file) throws IOException {
    file.discard();
    files.release(file.path());
  }

  private Shelf shelf(int space) {
    return shelves.computeIfAbsent(space, s -> new Shelf(nextShelf.getAndIncrement()));
  }

  @GuardedBy("mapping")
  private MapFile file() {
    if (closed) {
      throw new IllegalStateException("The off-heap table in " + directory + " is closed");
    }
    return file;
  }

  // ---- loading ----------------------------------------------------------------------------------

  @Override
  public void load(int space, byte[] key, byte[] value) {
    Plan more = Plan.of(key.length, value.length);
    while (true) {
      MapFile full;
      mapping.readLock().lock();
      try {
        full = file();
        if (!full.isFullWith(more)) {
          set(full, shelf(space), key, value);
          return;
        }
      } finally {
        mapping.readLock().unlock();
      }
      mapping.writeLock().lock();
      try {
        if (file == full) {
          replace(larger(full, more));
        }
      } finally {
        mapping.writeLock().unlock();
      }
    }
  }

  @Override
  public void unload(int space, byte[] key) {
    mapping.readLock().lock();
    try {
      unset(file(), shelf(space), key);
    } finally {
      mapping.readLock().unlock();
    }
  }

  @Override
  public void unload(int space) {
    shelves.remove(space);
  }

  /** Sets an entry; whether the key is new. */
  private static boolean set(MapFile file, Shelf shelf, byte[] key, byte[] value) {
    Plan replaced = file.put(shelf.number, key, value);
    shelf.count(Plan.of(key.length, value.length), 1);
    if (replaced == null) {
      shelf.entries.increment();
      return true;
    }
    shelf.count(replaced, -1);
    return false;
  }

  private static void unset(MapFile file, Shelf shelf, byte[] key) {
    Plan removed = file.remove(shelf.number, key);
    if (removed != null) {
      shelf.entries.decrement();
      shelf.count(removed, -1);
    }
  }

  // ---- growth -----------------------------------------------------------------------------------

  /** A copy with room for more; nobody writes to {@code old}, and only the caller replaces it. */
  private MapFile larger(MapFile old, Plan more) {
    Set<Integer> inUse =
        shelves.values().stream().map(shelf -> shelf.number).collect(Collectors.toSet());
    Plan kept =
        shelves.values().stream().map(Shelf::used).reduce(new Plan(0, 0), Plan::plus).plus(more);
    try {
      MapFile fresh = newFile(files, kept.withRoom(), old.nextId());
      boolean copied = false;
      try {
        old.copyTo(fresh, inUse::contains);
        copied = true;
      } finally {
        if (!copied) {
          discard(files, fresh);
        }
      }
      LOG.debug("Off-heap table in {}: {} grew to {}", directory, old.plan(), fresh.plan());
      return fresh;
    } catch (IOException e) {
      throw new UncheckedIOException("The off-heap table in " + directory + " cannot grow", e);
    }
  }

  @GuardedBy("mapping")
  private void replace(MapFile fresh) {
    MapFile old = file;
    file = fresh;
    try {
      discard(files, old);
    } catch (IOException e) {
      LOG.warn("{} cannot be deleted; the next start does it", old.path(), e);
    }
  }

  private MapFile current() {
    mapping.readLock().lock();
    try {
      return file();
    } finally {
      mapping.readLock().unlock();
    }
  }

  private void grow(MapFile full, Plan more) {
    MapFile fresh = larger(full, more);
    mapping.writeLock().lock();
    try {
      replace(fresh);
    } finally {
      mapping.writeLock().unlock();
    }
  }

  // ---- serving ----------------------------------------------------------------------------------

  @Override
  public void apply(List<Integer> clears, List<Change> changes) {
    Plan more = new Plan(0, 0);
    for (Change change : changes) {
      byte[] value = change.value();
      if (value != null) {
        more = more.plus(Plan.of(change.key().length, value.length));
      }
    }
    MapFile now = current();
    if (more.records() > 0 && now.isFullWith(more)) {
      grow(now, more);
    }
    commits.writeLock().lock();
    try {
      clears.forEach(shelves::remove);
      for (Change change : changes) {
        apply(change, more);
      }
    } finally {
      commits.writeLock().unlock();
    }
  }

  private void apply(Change change, Plan more) {
    byte[] value = change.value();
    try {
      apply(change.space(), change.key(), value);
    } catch (IllegalStateException | IllegalArgumentException e) {
      // Chronicle Map has no room although it should: with more of it, the write succeeds.
      LOG.info("Off-heap table in {} grows out of turn: {}", directory, e.toString());
      grow(current(), more);
      apply(change.space(), change.key(), value);
    }
  }

  private void apply(int space, byte[] key, byte @Nullable [] value) {
    Shelf shelf = shelf(space);
    mapping.readLock().lock();
    try {
      if (value == null) {
        unset(file(), shelf, key);
      } else if (set(file(), shelf, key, value)) {
        if (shelf.growing != null) {
          shelf.growing.add(key);
        }
        if (shelf.window != null) {
          shelf.window.add(key);
          if (shelf.window.isAbandoned()) {
            shelf.window = null;
          }
        }
      }
    } finally {
      mapping.readLock().unlock();
    }
  }

  @Override
  public byte @Nullable [] get(int space, byte[] key) {
    Shelf shelf = shelves.get(space);
    return shelf == null ? null : value(shelf, key);
  }

  private byte @Nullable [] value(Shelf shelf, byte[] key) {
    mapping.readLock().lock();
    try {
      return file().get(shelf.number, key);
    } finally {
      mapping.readLock().unlock();
    }
  }

  private boolean isThere(Shelf shelf, byte[] key) {
    mapping.readLock().lock();
    try {
      return file().contains(shelf.number, key);
    } finally {
      mapping.readLock().unlock();
    }
  }

  @Override
  public List<Entry> getAll(int space, Collection<byte[]> keys) {
    Collection<byte[]> distinct = distinct(keys);
    List<Entry> found = new ArrayList<>(distinct.size());
    commits.readLock().lock();
    try {
      for (byte[] key : distinct) {
        byte[] value = get(space, key);
        if (value != null) {
          found.add(new Entry(key, value));
        }
      }
    } finally {
      commits.readLock().unlock();
    }
    return found;
  }

  private static Collection<byte[]> distinct(Collection<byte[]> keys) {
    Collection<byte[]> set = new TreeSet<>(Arrays::compareUnsigned);
    set.addAll(keys);
    return set;
  }

  @Override
  public long count(int space, Collection<byte[]> except) {
    Collection<byte[]> distinct = distinct(except);
    commits.readLock().lock();
    try {
      Shelf shelf = shelves.get(space);
      return shelf == null
          ? 0
          : shelf.entries.sum() - distinct.stream().filter(key -> isThere(shelf, key)).count();
    } finally {
      commits.readLock().unlock();
    }
  }

  @Override
  public long entries() {
    commits.readLock().lock();
    try {
      return shelves.values().stream().mapToLong(shelf -> shelf.entries.sum()).sum();
    } finally {
      commits.readLock().unlock();
    }
  }

  // ---- scans ------------------------------------------------------------------------------------

  @Override
  public List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    for (long keys = 0; ; keys = Math.max(2L * limit, 2 * keys)) {
      Shelf shelf;
      SortedKeys seen;
      commits.readLock().lock();
      try {
        shelf = shelves.get(space);
        if (shelf == null) {
          return List.of();
        }
        seen = shelf.window;
        if (seen != null && !seen.isStale()) {
          List<Entry> found = read(shelf, seen, prefix, after, limit);
          if (found != null) {
            return found;
          }
        }
      } finally {
        commits.readLock().unlock();
      }
      List<Entry> found = scanAnew(space, shelf, seen, prefix, after, limit, keys);
      if (found != null) {
        return found;
      }
    }
  }

  private @Nullable List<Entry> read(
      Shelf shelf, SortedKeys window, byte[] prefix, byte @Nullable [] after, int limit) {
    return window.read(prefix, after, limit, key -> value(shelf, key));
  }

  /**
   * Makes a new window and reads from it.
   *
   * @param seen the window that does not serve
   * @param keys how many keys to keep even if they take more than {@link #WINDOW_BYTES}
   * @return null when it is to be tried again
   */
  private @Nullable List<Entry> scanAnew(
      int space,
      Shelf shelf,
      @Nullable SortedKeys seen,
      byte[] prefix,
      byte @Nullable [] after,
      int limit,
      long keys) {
    synchronized (passes) {
      byte[] start = SortedKeys.start(prefix, after);
      SortedKeys stale = seen != null && seen.isStale() && seen.covers(start) ? seen : null;
      SortedKeys fresh = new SortedKeys(stale == null ? start : stale.from());
      commits.writeLock().lock();
      try {
        if (shelf.window != seen) {
          return null; // another thread has made one
        }
        shelf.growing = fresh;
      } finally {
        commits.writeLock().unlock();
      }
      boolean made = false;
      try {
        Window window = new Window(fresh.from(), keys);
        if (stale == null) {
          gather(shelf, window);
        } else {
          for (byte[] key : stale.merged(key -> isThere(shelf, key))) {
            window.accept(key);
          }
          window.endAt(stale.to());
        }
        window.finish(fresh);
        made = true;
      } finally {
        commits.writeLock().lock();
        try {
          shelf.growing = null;
          if (made) {
            shelf.window = fresh;
          }
          commits.readLock().lock(); // nobody takes the window away before it is read
        } finally {
          commits.writeLock().unlock();
        }
      }
      List<Entry> found;
      try {
        // A space that was cleared meanwhile is on another shelf, and growth may drop this one.
        found = shelves.get(space) == shelf ? read(shelf, fresh, prefix, after, limit) : null;
      } finally {
        commits.readLock().unlock();
      }
      keepFew(shelf);
      return found;
    }
  }

  /** One pass over the table; begins again when the map is replaced meanwhile. */
  private void gather(Shelf shelf, Window window) {
    MapFile from = current();
    for (int segment = 0; segment < from.segments(); segment++) {
      mapping.readLock().lock();
      try {
        if (file() != from) {
          from = file();
          segment = -1;
          window.clear();
          continue;
        }
        from.keys(segment, shelf.number, window::accept);
      } finally {
        mapping.readLock().unlock();
      }
    }
  }

  @GuardedBy("passes")
  private void keepFew(Shelf shelf) {
    windowed.remove(shelf);
    windowed.addLast(shelf);
    if (windowed.size() > MOST_WINDOWS) {
      Shelf oldest = windowed.removeFirst();
      commits.writeLock().lock();
      try {
        oldest.window = null;
      } finally {
        commits.writeLock().unlock();
      }
    }
  }

  /** The smallest keys from one on, as many as there is room for. Not thread-safe. */
  private static final class Window {
    private final byte[] from;
    private final long leastKeys;
    private final PriorityQueue<byte[]> largestFirst =
        new PriorityQueue<>((one, other) -> Arrays.compareUnsigned(other, one));
    private long bytes;
    private byte @Nullable [] end;
    private byte @Nullable [] givenEnd;

    Window(byte[] from, long leastKeys) {
      this.from = from;
      this.leastKeys = leastKeys;
    }

    void clear() {
      largestFirst.clear();
      bytes = 0;
      end = null;
    }

    void accept(byte[] key) {
      if (Arrays.compareUnsigned(key, from) < 0
          || (end != null && Arrays.compareUnsigned(key, end) >= 0)) {
        return;
      }
      largestFirst.add(key);
      bytes += key.length + KEY_OVERHEAD;
      while (bytes > WINDOW_BYTES && largestFirst.size() > Math.max(1, leastKeys)) {
        end = largestFirst.remove();
        bytes -= end.length + KEY_OVERHEAD;
      }
    }

    /** Sets the last key of the range, if it is not full before. */
    void endAt(byte @Nullable [] last) {
      givenEnd = last;
    }

    void finish(SortedKeys keys) {
      byte[][] sorted = new byte[largestFirst.size()][];
      for (int i = sorted.length - 1; i >= 0; i--) {
        sorted[i] = largestFirst.remove();
      }
      keys.finish(sorted, end == null ? givenEnd : sorted[sorted.length - 1]);
    }
  }

  // ---- end --------------------------------------------------------------------------------------

  @Override
  public void close(@Nullable Mark cleanAt) {
    commits.writeLock().lock();
    try {
      mapping.writeLock().lock();
      try {
        if (!closed) {
          closed = true;
          end(cleanAt);
        }
      } finally {
        mapping.writeLock().unlock();
      }
    } finally {
      commits.writeLock().unlock();
    }
  }

  @GuardedBy("mapping")
  private void end(@Nullable Mark cleanAt) {
    try {
      if (cleanAt == null || boot == null) {
        discard(files, file);
        return;
      }
      file.close();
      files.release(file.path());
      Map<Integer, CleanEnd.ShelfState> states = new TreeMap<>();
      shelves.forEach(
          (space, shelf) ->
              states.put(
                  space, new CleanEnd.ShelfState(shelf.number, shelf.entries.sum(), shelf.used())));
      new CleanEnd(
              cleanAt,
              boot,
              libraryVersion(),
              String.valueOf(file.path().getFileName()),
              Files.size(file.path()),
              file.plan(),
              file.used(),
              file.nextId(),
              nextShelf.get(),
              states)
          .write(directory);
    } catch (IOException e) {
      LOG.warn("The off-heap table in {} is built again at the next start", directory, e);
    }
  }
}
