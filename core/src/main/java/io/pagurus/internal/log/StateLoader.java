package io.pagurus.internal.log;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds a live table from an {@link Image}: all segments in parallel, then the tail of the log in
 * order; or only the tail, and the segments when they are needed. Everything is verified before it
 * is served. Memory: the ranges of {@link RangeReads}, three frames of the tail.
 */
final class StateLoader {
  /** With fewer commits, one thread reads the tail and uses it. */
  private static final int WORTH_A_THREAD = 8;

  private final ObjectStore objects;
  private final Segments segments;
  private final CommitLog log;
  private final LiveTables tables;
  private final String store;
  private final String source;
  private final Workers workers;
  private final RangeReads reads;
  private final LogSettings.Restore settings;
  private final AtomicLong bytesRead = new AtomicLong();

  StateLoader(LogStorage storage, UUID storeId, RangeReads reads, String store, Workers workers) {
    this.source = storage.source();
    this.objects = storage.objects();
    this.segments = new Segments(storage.objects(), storeId);
    this.log = storage.log();
    this.tables = storage.tables();
    this.settings = storage.settings().restore();
    this.reads = reads;
    this.store = store;
    this.workers = workers;
  }

  /**
   * How far building went.
   *
   * @param table the table, or null when not even the bases are whole
   * @param image what is in the table
   * @param version the commit that the table shows
   * @param tailBytes bytes of the log that were replayed
   * @param damages why it is not the image that was asked for; empty when it is
   */
  record Result(
      @Nullable LiveTable table, Image image, long version, long tailBytes, List<Damage> damages) {}

  long bytesRead() {
    return bytesRead.get();
  }

  /** Builds the table of {@code image}, whose newest commit is {@code version}. */
  Result load(Image image, long version, long entries) {
    LiveTable table = tables.create(Math.max(entries, image.baseEntries()), 2 * image.baseBytes());
    try {
      List<Damage> damages = loadBases(image, table);
      if (!damages.isEmpty()) {
        table.close();
        return new Result(null, image, version, 0, damages);
      }
      return withTail(table, image, version);
    } catch (RuntimeException | Error e) {
      table.close();
      throw e;
    }
  }

  private Result withTail(LiveTable table, Image image, long version) {
    Tail tail = new Tail(image.covered(), table);
    try {
      readTail(image, tail);
    } catch (DamageException e) {
      return new Result(
          table, image.upTo(tail.version), tail.version, tail.bytes, List.of(e.damage()));
    }
    return new Result(table, image, version, tail.bytes, List.of());
  }

  private void readTail(Image image, Tail tail) {
    List<Range> ranges = image.tail().stream().filter(range -> !range.isEmpty()).toList();
    if (image.tailCommits() < WORTH_A_THREAD || !workers.parallel()) {
      ranges.forEach(range -> log.read(range, tail));
      return;
    }
    try (FramesAhead frames = new FramesAhead(log, ranges, "pagurus-" + store + "-tail")) {
      frames.read(tail);
    }
  }

  /**
   * As {@link #load}, but the table reads the bases when they are needed: a {@link HydratingTable},
   * not served yet. Null when that is not worth the while, or a listing shows already that not all
   * bases are there; the version must be that of {@code image}.
   */
  @Nullable Result loadLazily(Image image, long version, long entries) {
    List<SegmentRef> bases = image.distinctBases();
    if (!isLazy(bases) || !areListed(bases)) {
      return null;
    }
    HydratingTable table =
        new HydratingTable(
            tables.create(Math.max(entries, image.baseEntries()), 2 * image.baseBytes()),
            image,
            settings,
            source(),
            workers);
    try {
      Result result = withTail(table, image, version);
      if (!result.damages().isEmpty() || settings.firstSpaces() == 0) {
        return result;
      }
      List<Damage> damages =
          inParallel(withFirst(bases), settings.reads(), base -> loadFirst(base, table));
      return damages.isEmpty() ? result : new Result(table, image, version, 0, damages);
    } catch (RuntimeException | Error e) {
      table.close();
      throw e;
    }
  }

  private HydratingTable.Source source() {
    return new HydratingTable.Source() {
      @Override
      public void read(SegmentRef base, Consumer<Blocks.Cursor> reader) {
        segments.read(base, reads, reader);
      }

      @Override
      public Segments.@Nullable Found find(SegmentRef base, int space, byte[] key) {
        return segments.find(base, space, key);
      }
    };
  }

  /** Those that may hold entries of the first spaces; one at least, for a sample of the others. */
  private List<SegmentRef> withFirst(List<SegmentRef> bases) {
    List<SegmentRef> some =
        bases.stream().filter(base -> base.leastSpace() < settings.firstSpaces()).toList();
    return some.isEmpty() ? bases.subList(0, 1) : some;
  }

  private boolean isLazy(List<SegmentRef> bases) {
    return bases.stream().mapToLong(SegmentRef::length).sum() > settings.lazyAboveBytes();
  }

  private void loadFirst(SegmentRef base, HydratingTable table) {
    long read =
        segments.readFirst(base, settings.firstSpaces(), entry -> table.loadFirst(base, entry));
    bytesRead.addAndGet(read);
  }

  /**
   * Whether all are there as far as names and lengths tell: that costs a request for a thousand.
   */
  private boolean areListed(List<SegmentRef> bases) {
    Set<String> listed = new HashSet<>();
    for (SegmentRef segment : SegmentListing.all(objects)) {
      listed.add(segment.key() + " " + segment.length());
    }
    return bases.stream().allMatch(base -> listed.contains(base.key() + " " + base.length()));
  }

  private final class Tail implements CommitLog.FrameReader {
    private final LiveTable table;
    private long version;
    private long bytes;

    Tail(long version, LiveTable table) {
      this.version = version;
      this.table = table;
    }

    @Override
    public void frame(Frame frame) {
      segments.requireSameStore(frame);
      Supplier<Blocks.Cursor> entries = frame.blocks().expanded();
      readAll(entries.get()); // all of it can be read, or none of it counts
      Head.of(frame).delta().clears().forEach(table::unload);
      for (Blocks.Cursor entry = entries.get(); entry.next(); ) {
        if (entry.isRemoved()) {
          table.unload(entry.space(), entry.key());
        } else {
          table.load(entry);
        }
      }
      version = frame.identity().seq();
      bytes += frame.blocks().rawLength();
      bytesRead.addAndGet(frame.length());
    }
  }

  private List<Damage> loadBases(Image image, LiveTable table) {
    List<SegmentRef> bases = image.distinctBases();
    long all = bases.stream().mapToLong(SegmentRef::length).sum();
    Progress progress = new Progress(store, source, all, workers);
    return inParallel(
        bases,
        decoders(),
        base -> {
          loadBase(image, base, table);
          progress.add(base.length());
        });
  }

  private void loadBase(Image image, SegmentRef base, LiveTable table) {
    List<@Nullable SegmentRef> bases = image.bases();
    int partitions = bases.size();
    boolean shared = Collections.frequency(bases, base) != partitions;
    segments.read(
        base,
        reads,
        entries -> {
          while (entries.next()) {
            boolean mine = !shared || base.equals(bases.get(Partitions.of(entries, partitions)));
            if (mine && !entries.isRemoved()) {
              table.load(entries);
            }
          }
        });
    bytesRead.addAndGet(base.length());
  }

  /** Everything in {@code image} that fails verification. */
  List<Damage> audit(Image image) {
    List<Damage> damages =
        new ArrayList<>(
            inParallel(
                image.distinctBases(),
                decoders(),
                base -> segments.read(base, reads, StateLoader::readAll)));
    damages.addAll(auditTail(image));
    return damages;
  }

  /**
   * As {@link #audit}, of what is read before {@code image} is served: where that is done lazily,
   * the bases must be there and of the right length, and are verified later.
   */
  List<Damage> auditToOpen(Image image) {
    List<SegmentRef> bases = image.distinctBases();
    return isLazy(bases) && areListed(bases) ? auditTail(image) : audit(image);
  }

  private List<Damage> auditTail(Image image) {
    List<Damage> damages = new ArrayList<>();
    for (Range range : image.tail()) {
      if (!range.isEmpty()) {
        damages.addAll(log.verify(range));
      }
    }
    return damages;
  }

  private static void readAll(Blocks.Cursor entries) {
    while (entries.next()) {}
  }

  /** How many segments are worked on at once. Reading them is not limited by that. */
  static int decoders() {
    return Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
  }

  private interface Work {
    void on(SegmentRef base);
  }

  private List<Damage> inParallel(List<SegmentRef> bases, int most, Work work) {
    List<Damage> damages = new ArrayList<>();
    if (bases.size() < 2 || !workers.parallel()) {
      for (SegmentRef base : bases) {
        try {
          work.on(base);
        } catch (DamageException e) {
          damages.add(e.damage());
        }
      }
      return damages;
    }
    int threads = Math.min(bases.size(), most);
    ExecutorService pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "pagurus-" + store + "-restore");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<?>> running = new ArrayList<>();
      for (SegmentRef base : bases) {
        running.add(pool.submit(() -> work.on(base)));
      }
      for (Future<?> one : running) {
        Damage damage = damageOf(one);
        if (damage != null) {
          damages.add(damage);
        }
      }
      return damages;
    } finally {
      pool.shutdownNow();
      Ending.await(pool);
    }
  }

  private static @Nullable Damage damageOf(Future<?> one) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          one.get();
          return null;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          Throwable cause = e.getCause();
          if (cause instanceof DamageException damage) {
            return damage.damage();
          }
          if (cause instanceof RuntimeException problem) {
            throw problem;
          }
          if (cause instanceof Error error) {
            throw error;
          }
          throw new IllegalStateException(cause);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
