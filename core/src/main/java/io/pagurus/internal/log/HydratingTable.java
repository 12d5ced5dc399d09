package io.pagurus.internal.log;

import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.Change;
import io.pagurus.spi.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A live table that serves before it has read the bases of its image. A read fetches the base that
 * it needs; {@link #fillAll} fetches the rest. Commits need none of them.
 *
 * <h2>Layers</h2>
 *
 * <p>What is newer is there first: the tail of the log, then commits, as they come. A base is put
 * below: an entry of it enters only where nothing is known of its key. A removed key is remembered
 * until its base is there ({@code removed}), a space that was emptied is for ever ({@code known}):
 * nothing of a base enters it any more, and nothing needs to be fetched to read it.
 *
 * <h2>Generations</h2>
 *
 * <p>The bases are those of the image that the table was made for, and stay so when a compaction
 * replaces them in newer manifests: what they hold, with the commits above, is the same state. They
 * are not deleted before the table is whole. A restore to a checkpoint makes another table and
 * closes this one: what arrives late finds it closed and is dropped.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>{@code changing}: a commit is applied, and the table is closed, under its write lock; what
 *       was fetched enters under its read lock, some entries at a time. So whether a key is known
 *       and what is done about it is one step. It comes before the locks of the table below. No I/O
 *       is done under it.
 *   <li>A key without a value is read as missing only when its base is filled, or it is in {@code
 *       removed} or its space in {@code known}.
 *   <li>A base is read by one thread at a time; others that need it wait for that one.
 *   <li>{@code filled} is set when all entries of the base are there, and never unset.
 *   <li>A base that fails verification stays so. Whatever needs it throws, and nothing is committed
 *       any more: see {@link #damage}.
 * </ol>
 */
final class HydratingTable implements LiveTable {
  /** So many entries enter under one hold of the lock. */
  private static final int STEP = 64;

  private final LiveTable table;
  private final Image image;
  private final int firstSpaces;
  private final int mostLookUps;
  private final Source source;
  private final Workers workers;
  private final List<Base> bases;
  private final @Nullable Base[] ofPartition;

  private final ReentrantReadWriteLock changing = new ReentrantReadWriteLock();
  private final Set<Integer> known = ConcurrentHashMap.newKeySet();

  /** A key of each space that had a value when it was seen. */
  private final Map<Integer, byte[]> samples = new ConcurrentHashMap<>();

  private final AtomicInteger missing;

  /** How many readers wait for a single base: they go first, see {@link #isWanted}. */
  private final AtomicInteger wanted = new AtomicInteger();

  private final AtomicLong bytesFilled = new AtomicLong();
  private final AtomicReference<@Nullable Damage> firstDamage = new AtomicReference<>();
  private volatile Judge judge = Judge.NONE;
  private volatile long firstReadAt;
  private volatile boolean allWanted;
  private volatile boolean whole;
  private volatile boolean closed;

  /** Reads bases. */
  interface Source {
    /**
     * Hands out all entries of a base, verified; perhaps some of them first, and then all again.
     *
     * @throws DamageException when it fails verification; some entries may have come before
     */
    void read(SegmentRef base, Consumer<Blocks.Cursor> reader);

    /** Looks up a single key, see {@link Segments#find}. */
    default Segments.@Nullable Found find(SegmentRef base, int space, byte[] key) {
      return null;
    }
  }

  /** Says what it means that a base fails verification. */
  interface Judge {
    /** Before it is served. */
    Judge NONE =
        new Judge() {
          @Override
          public boolean hasSuccessor() {
            return false;
          }

          @Override
          public RuntimeException report(Damage damage) {
            return new DamageException(damage);
          }
        };

    /** Asks the storage whether somebody else owns the store, and may have deleted the base. */
    boolean hasSuccessor();

    /** What a reader is told. */
    RuntimeException report(Damage damage);
  }

  /** A base and how far it is. */
  private static final class Base {
    final SegmentRef ref;
    final AtomicReference<@Nullable CompletableFuture<Boolean>> running = new AtomicReference<>();

    /** Keys that were removed before it was there. */
    final Set<Key> removed = ConcurrentHashMap.newKeySet();

    final AtomicInteger lookUps = new AtomicInteger();

    volatile boolean filled;
    volatile @Nullable Damage damage;

    Base(SegmentRef ref) {
      this.ref = ref;
    }
  }

  private static final class Key {
    final int space;
    final byte[] bytes;

    Key(int space, byte[] bytes) {
      this.space = space;
      this.bytes = bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && space == key.space && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return 31 * space + Arrays.hashCode(bytes);
    }
  }

  /**
   * Nothing of {@code image} is in {@code table} yet.
   *
   * @param settings which spaces are loaded before anybody reads, see {@link #loadFirst}, and how
   *     many keys are looked up in a base that is not there yet
   */
  HydratingTable(
      LiveTable table, Image image, LogSettings.Restore settings, Source source, Workers workers) {
    this.table = table;
    this.image = image;
    this.firstSpaces = settings.firstSpaces();
    this.mostLookUps = settings.lookUps();
    this.source = source;
    this.workers = workers;
    Map<SegmentRef, Base> distinct = new LinkedHashMap<>();
    this.ofPartition = new @Nullable Base[image.bases().size()];
    for (int p = 0; p < ofPartition.length; p++) {
      SegmentRef ref = image.bases().get(p);
      ofPartition[p] = ref == null ? null : distinct.computeIfAbsent(ref, Base::new);
    }
    this.bases = List.copyOf(distinct.values());
    this.missing = new AtomicInteger(bases.size());
    this.whole = bases.isEmpty();
  }

  // ---- loading ----------------------------------------------------------------------------------

  @Override
  public void load(int space, byte[] key, byte[] value) {
    Base base = baseOf(space, key);
    if (base != null) {
      base.removed.remove(new Key(space, key));
    }
    samples.putIfAbsent(space, key);
    table.load(space, key, value);
  }

  @Override
  public void load(Blocks.Cursor entry) {
    Base base = baseOf(entry);
    if (base != null && !base.removed.isEmpty()) {
      base.removed.remove(new Key(entry.space(), entry.key()));
    }
    sample(entry);
    table.load(entry);
  }

  private void sample(Blocks.Cursor entry) {
    if (!samples.containsKey(entry.space())) {
      samples.put(entry.space(), entry.key());
    }
  }

  @Override
  public void unload(int space, byte[] key) {
    Base base = baseOf(space, key);
    if (base != null) {
      base.removed.add(new Key(space, key));
    }
    table.unload(space, key);
  }

  @Override
  public void unload(int space) {
    known.add(space);
    table.unload(space);
  }

  /** Loads an entry from the beginning of a base; behind the tail of the log. */
  void loadFirst(SegmentRef ref, Blocks.Cursor entry) {
    Base base = baseOf(entry);
    if (base != null && base.ref.equals(ref)) {
      sample(entry);
      enter(base, entry);
    }
  }

  /** From now on it is read. */
  void serve(Judge judge) {
    this.judge = judge;
    for (int space = 0; space < firstSpaces; space++) {
      known.add(space);
    }
  }

  // ---- filling ----------------------------------------------------------------------------------

  private @Nullable Base baseOf(int space, byte[] key) {
    return ofPartition[Partitions.of(space, key, ofPartition.length)];
  }

  private @Nullable Base baseOf(Blocks.Cursor entry) {
    return ofPartition[Partitions.of(entry, ofPartition.length)];
  }

  /** Puts an entry below all that is known. Under the read lock, or while it is loaded. */
  private void enter(Base base, Blocks.Cursor entry) {
    boolean removed =
        !base.removed.isEmpty() && base.removed.contains(new Key(entry.space(), entry.key()));
    if (!entry.isRemoved() && !removed && !known.contains(entry.space())) {
      table.loadIfAbsent(entry);
    }
  }

  /** Lets the entries of a base enter, step by step; what is fetched is fetched in between. */
  private void enterAll(Base base, Blocks.Cursor entries) {
    int space = -1;
    while (entries.next()) {
      changing.readLock().lock();
      try {
        checkOpen();
        int step = 0;
        do {
          if (baseOf(entries) == base) {
            if (space != entries.space()) {
              space = entries.space();
              sample(entries);
            }
            enter(base, entries);
          }
        } while (++step < STEP && entries.nextHere());
      } finally {
        changing.readLock().unlock();
      }
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("This table is closed");
    }
  }

  private void need(@Nullable Base base) {
    while (base != null && !base.filled) {
      Damage damage = base.damage;
      if (damage != null) {
        throw judge.report(damage);
      }
      checkOpen();
      CompletableFuture<Boolean> mine = new CompletableFuture<>();
      CompletableFuture<Boolean> running = base.running.compareAndExchange(null, mine);
      if (running == null) {
        fill(base, mine);
      } else {
        await(base, running);
      }
    }
  }

  private void fill(Base base, CompletableFuture<Boolean> done) {
    try {
      if (!base.filled && base.damage == null) {
        source.read(base.ref, entries -> enterAll(base, entries));
        filled(base);
      }
      base.running.set(null);
      done.complete(true);
    } catch (DamageException e) {
      RuntimeException told = found(base, e.damage());
      base.running.set(null);
      done.completeExceptionally(told);
      throw told;
    } catch (RuntimeException | Error e) {
      base.running.set(null);
      done.completeExceptionally(e);
      throw e;
    }
  }

  private RuntimeException found(Base base, Damage damage) {
    try {
      if (judge.hasSuccessor()) {
        return new StoreUnavailableException(
            base.ref.key()
                + " cannot be read ("
                + damage
                + "), and the store has another owner now, which deletes what it does not need."
                + " Close this one.");
      }
    } catch (RuntimeException e) {
      e.addSuppressed(new DamageException(damage));
      return e; // not clear yet: it is read again
    }
    base.damage = damage;
    firstDamage.compareAndSet(null, damage);
    return judge.report(damage);
  }

  private void filled(Base base) {
    base.filled = true;
    base.removed.clear();
    bytesFilled.addAndGet(base.ref.length());
    if (missing.decrementAndGet() == 0) {
      whole = true;
    }
  }

  /** Waits for the thread that fills {@code base}; of damage the caller finds out itself. */
  private void await(Base base, CompletableFuture<Boolean> running) {
    while (!workers.parallel() && !running.isDone()) {
      workers.pause(1_000_000);
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          running.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true; // reading has a bound
        } catch (ExecutionException | CompletionException e) {
          if (base.damage != null) {
            return;
          }
          throw failed(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** An exception of this thread for what happened on another. */
  private RuntimeException failed(@Nullable Throwable cause) {
    if (cause instanceof IllegalStateException) {
      return new IllegalStateException("This table is closed", cause);
    }
    return new StoreUnavailableException(String.valueOf(cause), cause);
  }

  /** What is still to be fetched. */
  List<Runnable> fillings() {
    List<Runnable> fillings = new ArrayList<>();
    bases.forEach(base -> fillings.add(() -> need(base)));
    return fillings;
  }

  /** As {@link #need}, for somebody who asked for a key: the rest is fetched behind that. */
  private void want(@Nullable Base base) {
    if (base == null || base.filled) {
      return;
    }
    wanted.incrementAndGet();
    try {
      need(base);
    } finally {
      wanted.decrementAndGet();
    }
  }

  /** Whether somebody waits for a base that holds a key; who fetches the rest lets him go first. */
  boolean isWanted() {
    return wanted.get() > 0;
  }

  private void needAll() {
    allWanted = true;
    bases.forEach(this::need);
  }

  /**
   * Whether the first read is answered, or waits for more than one base. Before that, who fetches
   * the rest takes the network and the processor from the only one who waits.
   */
  boolean mayRestFollow() {
    return firstReadAt != 0 || allWanted;
  }

  private boolean needsNothing(int space) {
    return whole || known.contains(space);
  }

  /** Bytes of the bases that are there. */
  long bytesFilled() {
    return bytesFilled.get();
  }

  /** Bytes of all bases. */
  long bytesInAll() {
    return bases.stream().mapToLong(base -> base.ref.length()).sum();
  }

  /** When the first read of entries was answered, as {@link Workers#nanoTime}; 0 before. */
  long firstReadAt() {
    return firstReadAt;
  }

  /** What serves when it is whole, without this in front. */
  LiveTable settled() {
    return whole ? table : this;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isWhole() {
    return whole;
  }

  @Override
  public @Nullable RuntimeException damage() {
    Damage damage = firstDamage.get();
    return damage == null ? null : judge.report(damage);
  }

  // ---- serving ----------------------------------------------------------------------------------

  @Override
  public void apply(List<Integer> clears, List<Change> changes) {
    if (whole) {
      table.apply(clears, changes);
      return;
    }
    changing.writeLock().lock();
    try {
      // A reader that comes in between must find either state: what it may skip fetching for is
      // noted before a value goes, and forgotten behind the value that comes.
      for (Change change : changes) {
        if (change.value() == null) {
          note(change, true);
        }
      }
      table.apply(clears, changes);
      known.addAll(clears);
      for (Change change : changes) {
        if (change.value() != null) {
          note(change, false);
          samples.putIfAbsent(change.space(), change.key());
        }
      }
    } finally {
      changing.writeLock().unlock();
    }
  }

  private void note(Change change, boolean removed) {
    Base base = baseOf(change.space(), change.key());
    if (base != null && !base.filled) {
      Key key = new Key(change.space(), change.key());
      if (removed) {
        base.removed.add(key);
      } else {
        base.removed.remove(key);
      }
    }
  }

  @Override
  public byte @Nullable [] get(int space, byte[] key) {
    if (whole) {
      return table.get(space, key);
    }
    if (!known.contains(space)) {
      Base base = baseOf(space, key);
      if (base != null && !base.filled) {
        byte[] newer = base.damage == null ? table.get(space, key) : null;
        if (newer != null) {
          noteRead(space);
          return newer;
        }
        if (base.damage != null || !base.removed.contains(new Key(space, key))) {
          Segments.Found found = lookUp(base, space, key);
          if (found != null) {
            noteRead(space);
            return found.value();
          }
          want(base);
        }
      }
    }
    byte[] value = table.get(space, key);
    noteRead(space);
    return value;
  }

  /**
   * Looks a key up in a base that is not there yet, which is done for the first readers only: they
   * need not wait for all of it. Null when it is to be waited for.
   */
  private Segments.@Nullable Found lookUp(Base base, int space, byte[] key) {
    if (base.damage != null || base.lookUps.getAndIncrement() >= mostLookUps) {
      return null;
    }
    Segments.Found found = source.find(base.ref, space, key);
    changing.readLock().lock(); // between commits: what is newer is seen as of one moment
    try {
      checkOpen();
      byte[] newer = table.get(space, key);
      if (newer != null) {
        return new Segments.Found(newer);
      }
      boolean gone =
          base.filled || known.contains(space) || base.removed.contains(new Key(space, key));
      return gone ? new Segments.Found(null) : found;
    } finally {
      changing.readLock().unlock();
    }
  }

  private void noteRead(int space) {
    if (firstReadAt == 0 && space >= firstSpaces) {
      firstReadAt = workers.nanoTime();
    }
  }

  @Override
  public boolean contains(int space, byte[] key) {
    return get(space, key) != null;
  }

  @Override
  public List<Entry> getAll(int space, Collection<byte[]> keys) {
    if (!needsNothing(space)) {
      Set<@Nullable Base> needed = new LinkedHashSet<>();
      keys.forEach(key -> needed.add(baseOf(space, key)));
      needed.forEach(this::want);
    }
    List<Entry> found = table.getAll(space, keys);
    noteRead(space);
    return found;
  }

  @Override
  public List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    if (!needsNothing(space)) {
      needAll();
    }
    List<Entry> found = table.scan(space, prefix, after, limit);
    noteRead(space);
    return found;
  }

  @Override
  public long count(int space, Collection<byte[]> except) {
    if (!needsNothing(space)) {
      needAll();
    }
    long count = table.count(space, except);
    noteRead(space);
    return count;
  }

  @Override
  public @Nullable Entry any(int space) {
    if (needsNothing(space)) {
      return table.any(space);
    }
    for (Base base : bases) {
      Entry sample = sample(space);
      if (sample != null) {
        return sample;
      }
      need(base);
      allWanted = true; // unless it was in there
    }
    return table.any(space);
  }

  private @Nullable Entry sample(int space) {
    byte[] key = samples.get(space);
    byte[] value = key == null ? null : table.get(space, key);
    return key == null || value == null ? null : new Entry(key, value);
  }

  @Override
  public long entries() {
    return table.entries();
  }

  @Override
  public long bytes() {
    return whole ? table.bytes() : -1;
  }

  @Override
  public void close(@Nullable Mark cleanAt) {
    changing.writeLock().lock();
    try {
      closed = true;
      table.close(whole ? cleanAt : null);
    } finally {
      changing.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return "HydratingTable of " + image;
  }
}
