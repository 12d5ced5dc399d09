package io.pagurus.internal.log;

import io.pagurus.Checkpoint;
import io.pagurus.CorruptStateException;
import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StorageUsage;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.Entry;
import io.pagurus.spi.Recovery;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoragePlace;
import io.pagurus.spi.StoreHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in a log of commits: see the package comment. Reads come from memory and take no lock;
 * commits go through {@link LogWriter}. Thread-safe as {@link StateBackend} asks for.
 */
public final class LogBackend implements StateBackend {
  private static final Logger log = LoggerFactory.getLogger(LogBackend.class);

  static final int MAX_KEY_BYTES = 8 << 10;
  static final int MAX_VALUE_BYTES = 16 << 20;

  private static final long START_PAUSE_MILLIS = 50;
  private static final int MOST_LOOKS = 5;
  private static final Duration LONGEST_START = Duration.ofSeconds(5);

  /** A storage that does not say whether the seal is there is asked so often, whatever the wait. */
  private static final int LEAST_SEALS = 20;

  private final LogStorage storage;
  private final BackendRequest request;
  private final BackendInfo info;
  private final Ids ids;
  private final StateRecovery recovery;
  private final Workers workers;
  private final OwnThread ownThread;
  private final RangeReads reads;
  private final ExecutorService background;

  private final long begin;

  private volatile Recovery recovered = Recovery.NONE;
  private volatile @Nullable HydratingTable lazy;
  private volatile @Nullable Hydration hydration;
  private volatile @Nullable Duration wholeAfter;
  private volatile @Nullable LogWriter writer;
  private volatile @Nullable Upkeep upkeep;
  private volatile StateRecovery.@Nullable Restored viewed;
  private volatile boolean closed;

  public LogBackend(LogStorage storage, BackendRequest request) {
    this(storage, request, Workers.THREADS);
  }

  /** As above, with others who work behind the back of the caller. */
  public LogBackend(LogStorage storage, BackendRequest request, Workers workers) {
    this.workers = workers;
    this.storage = storage;
    this.request = request;
    this.ids = new Ids(request.self().id());
    this.begin = workers.nanoTime();
    String threads = "pagurus-" + request.storeName();
    this.reads =
        new RangeReads(
            storage.objects(), storage.settings().restore(), workers, threads + "-ranges");
    this.recovery = new StateRecovery(storage, request, ids, workers, reads);
    this.info =
        new BackendInfo(
            storage.source(),
            MAX_KEY_BYTES,
            MAX_VALUE_BYTES,
            storage.commitInterval(),
            storage.survives(),
            /* localReads= */ true,
            storage.heartbeat());
    this.ownThread = new OwnThread(threads + "-opener", workers);
    this.background = workers.background(threads + "-compactor");
  }

  @Override
  public BackendInfo info() {
    return info;
  }

  @Override
  public @Nullable StorageUsage usage() {
    return storage.objects().usage();
  }

  @Override
  public Recovery recovery() {
    Recovery opened = recovered;
    HydratingTable table = lazy;
    if (table == null) {
      return opened;
    }
    RuntimeException damage = table.damage();
    Duration whole = wholeAfter;
    long firstReadAt = table.firstReadAt();
    return new Recovery(
        opened.bytesRead() + table.bytesFilled(),
        opened.bytesCut(),
        damage instanceof CorruptStateException corrupt ? corrupt.report() : opened.damage(),
        whole != null,
        firstReadAt == 0 ? whole : Duration.ofNanos(firstReadAt - begin),
        whole);
  }

  /** Who commits now and then in any case has no need to do so for this. */
  @Override
  public boolean wantsCommit() {
    LogWriter owner = writer;
    return owner != null && storage.heartbeat() == null && owner.wantsCommit();
  }

  @Override
  public boolean readsMayWait() {
    HydratingTable table = lazy;
    return table != null && !table.isWhole() && !table.isClosed();
  }

  // ---- opening --------------------------------------------------------------------------------

  @Override
  public StoragePlace place() {
    return storage.place().get();
  }

  @Override
  public StoreHead inspect() {
    return opening(
        () -> {
          Tip tip = recovery.storeId() == null ? null : storage.log().look();
          return tip == null ? StoreHead.EMPTY : head(tip, recovery.newestManifest());
        });
  }

  @Override
  public StoreHead view() {
    return opening(
        () -> {
          for (int look = 1; ; look++) {
            UUID storeId = recovery.storeId();
            Tip tip = storage.log().look();
            if (storeId == null || tip == null) {
              return StoreHead.EMPTY;
            }
            try {
              StateRecovery.Restored restored = recovery.restore(storeId, false);
              viewed = restored;
              recovered = restored.recovery();
              return head(tip, restored.newestManifest());
            } catch (CorruptStateException e) {
              // A running owner may have deleted what it needs no more: only what stays is damage.
              if (look == MOST_LOOKS || tip.equals(storage.log().look())) {
                throw e;
              }
            }
          }
        });
  }

  @Override
  public StoreHead acquire() {
    return opening(this::takeOver);
  }

  private <T> T opening(Supplier<T> work) {
    if (closed) {
      throw new IllegalStateException("This backend is closed");
    }
    return ownThread.call(
        () -> {
          try {
            return work.get();
          } catch (DamageException e) {
            throw recovery.corrupt(List.of(e.damage()));
          }
        });
  }

  private static StoreHead head(Tip tip, StateRecovery.Newest newest) {
    Manifest manifest = newest.manifest();
    boolean any = manifest.version() > 0;
    Seal seal = tip.seal();
    return new StoreHead(
        tip.epoch(),
        manifest.version(),
        any ? manifest.commitId() : null,
        any ? manifest.committedAt() : null,
        manifest.entries(),
        newest.releasedIn(tip.epoch()),
        seal == null || tip.epoch() < 2 ? null : seal.owner().describe());
  }

  private StoreHead takeOver() {
    long deadline = workers.nanoTime() + request.maxOwnershipWait().toNanos();
    int attempts = 0;
    UUID storeId = recovery.create(recovery.storeId(), request.clock().instant());
    while (true) {
      Tip tip = storage.turn().await(this::look, request);
      if (attempts == 0) { // it reads everything, and a busy owner takes many attempts
        checkBeforeDisturbing(storeId, tip);
      }
      Seal mine =
          new Seal(storeId, tip.epoch(), ids.next(), request.self(), request.clock().instant());
      Seal made =
          request.policy() == OwnershipPolicy.TAKE_OVER
              ? storage.log().sealBusy(mine)
              : storage.log().seal(mine);
      attempts++;
      if (made == null && attempts >= LEAST_SEALS && workers.nanoTime() >= deadline) {
        throw new StoreUnavailableException(
            "Store '"
                + request.storeName()
                + "': "
                + storage.source()
                + " did not take the seal of a new owner in "
                + attempts
                + " attempts. Nothing was changed; look at the storage (full? read-only?) and try"
                + " again.");
      }
      if (made == null && attempts > 1) {
        ownThread.pause(Math.min(START_PAUSE_MILLIS, attempts), request.storeName());
      }
      if (made == null || !made.id().equals(mine.id())) {
        continue; // somebody else was faster, or it was not clear: look again
      }
      StoreHead head = begin(storeId, tip, tip.epoch() + 1);
      if (head != null) {
        return head;
      }
    }
  }

  /** A new version that cannot read the state must not end an owner that can. */
  private void checkBeforeDisturbing(UUID storeId, Tip tip) {
    if (request.policy() == OwnershipPolicy.TAKE_OVER
        && request.damagePolicy() == DamagePolicy.FAIL
        && tip.epoch() > 1) {
      recovery.requireWhole(storeId);
    }
  }

  private Turn.Look look() {
    ownThread.checkWanted(request.storeName());
    Tip tip = storage.log().look();
    if (tip == null) {
      throw new StoreUnavailableException(
          "Store '" + request.storeName() + "': the log at " + storage.source() + " is gone");
    }
    boolean released =
        storage.log().manifestInEveryFrame() && recovery.newestManifest().releasedIn(tip.epoch());
    return new Turn.Look(tip, released);
  }

  /** The state is read only now that it is final. Null when the epoch was lost meanwhile. */
  private @Nullable StoreHead begin(UUID storeId, Tip before, long sealedEpoch) {
    storage.turn().owning(sealedEpoch);
    StateRecovery.Restored restored = restored(storeId, sealedEpoch);
    if (restored == null) {
      return null;
    }
    try {
      List<Piece> orphans = orphans(restored.manifest(), sealedEpoch);
      Opened opened = openLog(storeId, restored, sealedEpoch);
      if (opened == null) {
        restored.table().close();
        return null;
      }
      Segments segments = new Segments(storage.objects(), storeId);
      StateLoader loader = recovery.loader(storeId);
      Upkeep keep = new Upkeep(storage, segments, ids, background, workers, request.storeName());
      StateRecovery.Restored start =
          new StateRecovery.Restored(
              opened.manifest, null, restored.table(), restored.tailBytes(), restored.recovery());
      upkeep = keep;
      writer =
          new LogWriter(storage, request, storeId, ids, loader, keep, start, orphans, opened.epoch);
      recovered = restored.recovery();
      if (restored.table() instanceof HydratingTable table) {
        hydrate(table, restored.manifest().image());
      }
      StoreHead head = head(before, restored.newestManifest());
      return new StoreHead(
          opened.epoch,
          head.version(),
          head.commitId(),
          head.committedAt(),
          head.entries(),
          head.released(),
          head.owner());
    } catch (RuntimeException | Error e) {
      restored.table().close();
      throw e;
    }
  }

  /** The rest of the state comes while it is served. */
  private void hydrate(HydratingTable table, Image image) {
    table.serve(
        new HydratingTable.Judge() {
          @Override
          public boolean hasSuccessor() {
            LogWriter owner = writer;
            return owner != null && currentOwnerUnless(owner.epoch()) != null;
          }

          @Override
          public RuntimeException report(Damage damage) {
            return recovery.corruptPart(damage, image);
          }
        });
    lazy = table;
    hydration =
        new Hydration(table, request.storeName(), storage.source(), workers, () -> whole(table));
  }

  private void whole(HydratingTable table) {
    Duration took = Duration.ofNanos(workers.nanoTime() - begin);
    wholeAfter = took;
    if (!table.isWhole()) {
      return; // a restore to a checkpoint has replaced it
    }
    Recovery now = recovery();
    Duration firstRead = now.firstReadAfter();
    log.info(
        "Store '{}': restore complete, {} entries, {} bytes read from {} in {} ms, first read after"
            + " {} ms.",
        request.storeName(),
        table.entries(),
        now.bytesRead(),
        storage.source(),
        took.toMillis(),
        firstRead == null ? took.toMillis() : firstRead.toMillis());
  }

  /** Null when the next owner is there already: it deletes what it does not need. */
  private StateRecovery.@Nullable Restored restored(UUID storeId, long epoch) {
    StateRecovery.Restored restored;
    try {
      restored = recovery.restore(storeId, true);
    } catch (CorruptStateException | DamageException e) {
      if (storage.log().sealOf(epoch) != null) {
        return null;
      }
      throw e;
    }
    if (restored.recovery().damage() != null && storage.log().sealOf(epoch) != null) {
      restored.table().close();
      return null;
    }
    return restored;
  }

  /** What lies in the log or among the segments and nothing refers to. */
  private List<Piece> orphans(Manifest manifest, long epoch) {
    Garbage garbage = new Garbage(!storage.log().manifestInEveryFrame());
    List<Piece> needed = new ArrayList<>(manifest.needed());
    manifest.trash().forEach(trash -> needed.add(trash.piece()));
    List<Piece> orphans = new ArrayList<>();
    for (Range range : storage.log().olderThan(epoch)) {
      orphans.addAll(garbage.without(range, needed));
    }
    for (SegmentRef segment : SegmentListing.all(storage.objects())) {
      if (segment.epoch() < epoch && !SegmentListing.contains(needed, segment)) {
        orphans.add(segment);
      }
    }
    return orphans;
  }

  private record Opened(Manifest manifest, long epoch) {}

  /** Writes the first frame of the own epoch, where the log has such a thing. */
  private @Nullable Opened openLog(
      UUID storeId, StateRecovery.Restored restored, long sealedEpoch) {
    if (storage.log().manifestInEveryFrame()) {
      return new Opened(restored.manifest(), sealedEpoch);
    }
    long epoch = sealedEpoch;
    long deadline =
        workers.nanoTime()
            + Math.min(request.maxOwnershipWait().toNanos(), LONGEST_START.toNanos());
    while (true) {
      Frame open = firstFrame(storeId, epoch, restored);
      Append started = storage.log().start(open);
      if (started instanceof Append.Done) {
        Manifest whole = Head.of(open).manifest();
        return new Opened(whole == null ? restored.manifest() : whole, epoch);
      }
      if (started instanceof Append.Fenced) {
        return null;
      }
      Throwable cause;
      if (started instanceof Append.Broken broken) {
        cause = broken.cause();
        Seal mine = new Seal(storeId, epoch, ids.next(), request.self(), request.clock().instant());
        storage.turn().owning(epoch + 1); // before it exists, so that nobody sees it free
        Seal made = storage.log().seal(mine);
        if (made == null || !made.id().equals(mine.id())) {
          return null;
        }
        epoch++;
      } else {
        cause = ((Append.Retry) started).cause();
      }
      if (workers.nanoTime() >= deadline) {
        throw new StoreUnavailableException(
            "Store '"
                + request.storeName()
                + "': "
                + storage.source()
                + " cannot be written: "
                + cause.getMessage()
                + ". The state is safe; look at the storage (full? read-only?) and try again.",
            cause);
      }
      ownThread.pause(START_PAUSE_MILLIS, request.storeName());
    }
  }

  /**
   * The last whole frame of the old log may never have been forced: nothing refers to it, its
   * content is carried over.
   */
  private Frame firstFrame(UUID storeId, long epoch, StateRecovery.Restored restored) {
    Manifest manifest = restored.manifest().unreleased();
    History.Located newest = restored.newest();
    Image image = manifest.image();
    if (newest == null || !image.endsWith(manifest.version())) {
      Manifest whole = manifest.with(image.goingOnIn(epoch, 0, manifest.version()));
      return LogWriter.openFrame(storeId, epoch, whole);
    }
    long version = manifest.version();
    Manifest whole = manifest.carriedTo(epoch);
    List<Frame> frames = new ArrayList<>();
    storage
        .log()
        .read(
            new Range(newest.frame().identity().epoch(), newest.part(), version, version),
            frames::add);
    Frame carried = frames.get(frames.size() - 1);
    return LogWriter.carryFrame(storeId, epoch, whole, Head.of(carried).delta(), carried.blocks());
  }

  // ---- committing -----------------------------------------------------------------------------

  @Override
  public CommitResult commit(Commit commit) {
    LogWriter owner = writer;
    if (owner == null) {
      throw new IllegalStateException("acquire() comes before the first commit");
    }
    if (closed) {
      throw new IllegalStateException("This backend is closed");
    }
    return owner.commit(commit);
  }

  @Override
  public @Nullable String currentOwnerUnless(long epoch) {
    LogWriter owner = writer;
    long mine = owner == null ? epoch : owner.epoch();
    if (storage.log().sealOf(mine) == null) {
      return null;
    }
    Tip tip = storage.log().look();
    Seal newest = tip == null ? null : tip.seal();
    if (newest != null && newest.owner().id().equals(request.self().id())) {
      return null; // its log broke, and it is on its way to the next epoch
    }
    return newest == null ? "somebody" : newest.owner().describe();
  }

  // ---- reading --------------------------------------------------------------------------------

  private LiveTable table() {
    if (closed) {
      throw new IllegalStateException("This backend is closed");
    }
    LogWriter owner = writer;
    if (owner != null) {
      return owner.table();
    }
    StateRecovery.Restored shown = viewed;
    if (shown != null) {
      return shown.table();
    }
    throw new IllegalStateException("acquire() or view() comes before reading");
  }

  /** A restore replaces the table under a reader: then it reads the new one. */
  private <T extends @Nullable Object> T read(Function<LiveTable, T> read) {
    LiveTable asked = table();
    while (true) {
      try {
        return read.apply(asked);
      } catch (IllegalStateException e) {
        LiveTable now = table();
        if (now == asked) {
          throw e;
        }
        asked = now;
      }
    }
  }

  @Override
  public byte @Nullable [] get(int space, byte[] key) {
    return read(table -> table.get(space, key));
  }

  @Override
  public @Nullable Entry any(int space) {
    return read(table -> table.any(space));
  }

  @Override
  public List<Entry> getAll(int space, Collection<byte[]> keys) {
    return read(table -> table.getAll(space, keys));
  }

  @Override
  public List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    return read(table -> table.scan(space, prefix, after, limit));
  }

  @Override
  public long count(int space, Collection<byte[]> except) {
    return read(table -> table.count(space, except));
  }

  @Override
  public List<Checkpoint> checkpoints() {
    LogWriter owner = writer;
    StateRecovery.Restored shown = viewed;
    Manifest manifest = owner != null ? owner.manifest() : shown != null ? shown.manifest() : null;
    return manifest == null
        ? List.of()
        : manifest.checkpoints().stream().map(Manifest.Kept::checkpoint).toList();
  }

  @Override
  public void verify(String checkpoint) {
    LogWriter owner = writer;
    if (owner != null) {
      opening(
          () -> {
            owner.verify(checkpoint);
            return true;
          });
    }
  }

  // ---- closing --------------------------------------------------------------------------------

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Upkeep keep = upkeep;
    if (keep != null) {
      keep.stop();
    }
    background.shutdown();
    Hydration filling = hydration;
    if (filling != null) {
      filling.stop();
    }
    Ending.await(background);
    LogWriter owner = writer;
    StateRecovery.Restored shown = viewed;
    if (owner != null) {
      owner.close();
    }
    if (shown != null) {
      shown.table().close();
    }
    reads.close();
    storage.tables().close();
    storage.log().close();
    storage.objects().close();
    storage.turn().close();
  }
}
