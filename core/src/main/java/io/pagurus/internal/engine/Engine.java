package io.pagurus.internal.engine;

import static java.util.Objects.requireNonNull;

import io.pagurus.Checkpoint;
import io.pagurus.CommitUnknownException;
import io.pagurus.Durability;
import io.pagurus.Finding;
import io.pagurus.OwnershipLostException;
import io.pagurus.ShutdownReport;
import io.pagurus.StateException;
import io.pagurus.StorageUsage;
import io.pagurus.StoreBusyException;
import io.pagurus.StoreClosedException;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.codec.ValueCodec;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.Change;
import io.pagurus.spi.Recovery;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open store: who may write when, what waits for a commit, and what each caller is told.
 * Thread-safe.
 *
 * <h2>Locks, in the order in which they are taken</h2>
 *
 * <ol>
 *   <li>{@link #updateLock}: held by an update block while it runs, by bind and restore, and by the
 *       committer while it captures plain fields. User code runs under it, so every wait for it has
 *       a bound.
 *   <li>{@link #gate}: held shared by a write for a few dictionary operations, and exclusively by
 *       the cut. Nothing is waited for inside.
 * </ol>
 *
 * <p>The lock inside {@link Room} is for waiting only, and is never held together with another.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>{@link #generation} is replaced with the gate closed. A writer marks it dirty inside the
 *       gate, so a change and its generation cannot be told apart by a cut.
 *   <li>{@link #running} is set and reset by the holder of the update lock.
 *   <li>Once {@link #writeFault} is set with the gate closed, no change is published any more.
 *   <li>One commit is in flight at a time; {@link Committer} alone talks to the backend about
 *       commits.
 * </ol>
 */
public final class Engine {
  /** The end waits this long for a running block, and at most half of what its phase has left. */
  private static final Duration MAX_FINAL_LOCK_WAIT = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  private final EngineSettings settings;
  private final BackendInfo info;
  private final Codecs codecs;
  private final CurrentBackend backend;
  private final RunLog runs;
  private final Gate gate = new Gate();
  private final WriteStamps stamps = new WriteStamps();
  private final UpdateLock updateLock;
  private final Cadence cadence;
  private final Room room;
  private final BackendReader reader;
  private final Callbacks callbacks;
  private final FieldCapture capture;
  private final Committer committer;
  private final Catalog catalog;
  private final Table<String, CatalogEntry> catalogTable;
  private final Map<String, Table<?, ?>> tables = new ConcurrentHashMap<>();
  private final Beans boundBeans = new Beans(this);
  private final Restorer restorer;
  private final ThreadLocal<Boolean> insideFunction = new ThreadLocal<>();
  private final Consumer<OwnershipLostException> onOwnershipLost;
  private final AtomicBoolean ownershipLost = new AtomicBoolean();

  private volatile long epoch;
  private volatile Generation generation = new Generation();
  private volatile @Nullable Block running;
  private volatile @Nullable StoreFault readFault;
  private volatile @Nullable StoreFault writeFault;
  private volatile @Nullable Suspension suspension;
  private volatile boolean captureWanted;

  /** Set with the gate closed when the writing ends: whether no block was cut off by that. */
  private volatile @Nullable Boolean endedWell;

  /**
   * Takes over a backend that this process owns (or, {@link EngineSettings#readOnly}, only views);
   * {@link #start} begins to commit.
   */
  public Engine(
      StateBackend opened,
      StoreHead head,
      EngineSettings settings,
      Codecs codecs,
      Consumer<OwnershipLostException> onOwnershipLost) {
    this.settings = settings;
    this.backend = new CurrentBackend(settings.storeName(), opened);
    this.info = backend.info();
    this.codecs = codecs;
    this.epoch = head.epoch();
    this.onOwnershipLost = onOwnershipLost;
    this.reader = new BackendReader(backend, settings.storeName(), settings.maxReadWait());
    this.runs = new RunLog(settings.storeName());
    this.callbacks = new Callbacks(settings.storeName());
    this.capture =
        new FieldCapture(
            settings.storeName(), settings.captureBudget(), settings.captureInterval());
    this.updateLock = new UpdateLock(this);
    this.cadence = new Cadence(settings);
    this.committer = new Committer(this, backend, runs, head);
    this.room = new Room(this, committer);
    this.restorer = new Restorer(this, committer);
    this.catalogTable =
        new Table<>(
            this,
            "catalog",
            "the catalog",
            Catalog.CATALOG_SPACE,
            codecs.<String>keys(String.class),
            codecs.<CatalogEntry>values(CatalogEntry.class),
            null);
    this.catalog = new Catalog(this, catalogTable);
  }

  /**
   * Loads and starts what an engine needs, beside the one who opens the first store of the process.
   * It can be left out: then {@link #start} takes longer.
   */
  public static void prepare() {
    RunLog.prepare();
  }

  /** Does once what the last commits of a store have to do for {@code report}; for a rehearsal. */
  public static void prepareStop(ShutdownReport report) {
    new RunLog(report.store()).stop(report, 0, 0, 0, null);
  }

  /** Reads the catalog and starts the committer, unless nothing will be committed. */
  public void start() {
    try {
      catalog.load();
    } catch (RuntimeException | Error e) {
      reader.shutdown();
      throw e;
    }
    if (!isReadOnly()) {
      committer.start();
    }
  }

  // ---- small accessors for the package ----------------------------------------------------------

  EngineSettings settings() {
    return settings;
  }

  BackendInfo info() {
    return info;
  }

  boolean isReadOnly() {
    return settings.readOnly();
  }

  String storeName() {
    return settings.storeName();
  }

  Gate gate() {
    return gate;
  }

  WriteStamps stamps() {
    return stamps;
  }

  Cadence cadence() {
    return cadence;
  }

  /** What waits for the next commit, in bytes. */
  long pendingBytes() {
    return room.pendingBytes();
  }

  BackendReader reader() {
    return reader;
  }

  Catalog catalog() {
    return catalog;
  }

  FieldCapture capture() {
    return capture;
  }

  long epoch() {
    return epoch;
  }

  @Nullable Block running() {
    return running;
  }

  /** The bound beans. */
  public Beans beans() {
    return boundBeans;
  }

  String where(String name) {
    return "Store '" + settings.storeName() + "', '" + name + "'";
  }

  // ---- who may do what --------------------------------------------------------------------------

  @Nullable Block blockOfThisThread() {
    Block block = running;
    return block != null && block.isMine() ? block : null;
  }

  void checkReadable() {
    StoreFault fault = readFault;
    if (fault != null) {
      throw fault.toException();
    }
  }

  void checkWritable() {
    checkWorking();
    if (isReadOnly()) {
      throw readOnly("it cannot be changed");
    }
  }

  private UnsupportedOperationException readOnly(String consequence) {
    return new UnsupportedOperationException(
        "Store '"
            + storeName()
            + "' at "
            + info.source()
            + " is open for reading only, so "
            + consequence
            + ". Nothing was changed. To write, open it without readOnly(true) and without"
            + " PAGURUS_READ_ONLY: then this process becomes its owner.");
  }

  /** What a write and a flush need in any store. */
  void checkWorking() {
    StoreFault fault = writeFault;
    if (fault != null) {
      throw fault.toException();
    }
    if (insideFunction.get() != null) {
      throw new IllegalStateException(
          "Store '"
              + storeName()
              + "': the function of compute, merge or update may not write to the store, because it may"
              + " run more than once. Use store.update(...) to change several entries together.");
    }
  }

  /** Runs a caller's function in which writing is refused. */
  <T extends @Nullable Object> T inFunction(Supplier<T> function) {
    Boolean before = insideFunction.get();
    insideFunction.set(Boolean.TRUE);
    try {
      return function.get();
    } finally {
      if (before == null) {
        insideFunction.remove();
      }
    }
  }

  /** Refuses what cannot work inside a block, because it would wait for the block's own end. */
  void forbidInBlock(String what) {
    if (blockOfThisThread() != null) {
      throw new IllegalStateException(
          "Store '"
              + storeName()
              + "': "
              + what
              + " inside an update block would wait for the block itself. Call it after the block, or"
              + " use whenDurable() inside.");
    }
  }

  /** Waits until there is room for more pending changes, unless this is the block itself. */
  void admit() {
    if (room.isFull() && !updateLock.isHeldByCurrentThread()) {
      room.await();
    }
  }

  /** For a fault that is set: whoever waits for room or for a block finds it. */
  private void wakeAllWriters() {
    room.lookAgain();
    Block block = running;
    if (block != null) {
      block.releaseWaiters();
    }
  }

  /** Waits for a block that holds what a single write needs. */
  void awaitBlock(Block block, Deadline deadline, String where) {
    try {
      if (!block.awaitEnd(deadline)) {
        throw new StoreBusyException(
            where
                + ": waited "
                + settings.maxWriteWait()
                + " (maxWriteWait) for "
                + block.describe()
                + "\nNothing was written. Try again; keep update blocks short.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreBusyException(
          where + ": interrupted while waiting for " + block.describe() + "\nNothing was written.",
          e);
    }
  }

  // ---- what writers report, inside the gate -----------------------------------------------------

  /** Notes a published change; true when the committer has to be woken, outside the gate. */
  boolean noteChange(long growth) {
    boolean sooner = room.pendingGrew(growth);
    Generation now = generation;
    return (!now.isDirty() && now.markDirty(System.nanoTime())) || sooner;
  }

  void noteDropped(long bytes) {
    room.pendingGrew(-bytes);
  }

  void wakeCommitter() {
    committer.wake();
  }

  // ---- update blocks ----------------------------------------------------------------------------

  /** Runs {@code body} as a block, or as part of the block that this thread is in. */
  public <T extends @Nullable Object> T update(Supplier<T> body, Durability durability) {
    Block outer = blockOfThisThread();
    if (outer != null) {
      try {
        return body.get();
      } catch (Throwable e) {
        outer.doom(e);
        throw e;
      }
    }
    checkWritable();
    admit();
    T result = underUpdateLock(() -> runBlock(body));
    settle(durability);
    return result;
  }

  private <T extends @Nullable Object> T runBlock(Supplier<T> body) {
    checkWritable();
    Block block = Block.begin();
    running = block;
    boolean published = false;
    try {
      T result = body.get();
      publish(block);
      published = true;
      return result;
    } finally {
      try {
        if (!published && capture.hasFields()) {
          // Changes of handles are dropped; what the block did to plain fields is the caller's own.
          noteFieldsChanged();
        }
      } finally {
        running = null;
        block.end(published);
      }
    }
  }

  private void publish(Block block) {
    Throwable doom = block.doom();
    if (doom != null) {
      throw new IllegalStateException(
          "Store '"
              + storeName()
              + "': an inner update failed ("
              + doom
              + "), so the whole block was rolled back, though the outer one went on.",
          doom);
    }
    boolean first;
    boolean hides = block.changes().values().stream().anyMatch(changes -> changes.hides);
    long pass = hides ? gate.close() : gate.enter();
    try {
      checkWritable();
      if (block.isOvertaken()) {
        throw StoreFault.closed(storeName()).toException();
      }
      boolean fields = capture.hasFields();
      if (fields) {
        captureWanted = true;
      }
      first = (fields || !block.changes().isEmpty()) && noteChange(publishChanges(block));
    } finally {
      if (hides) {
        gate.open(pass);
      } else {
        gate.exit(pass);
      }
    }
    if (first) {
      committer.wake();
    }
  }

  /** All or nothing: a failure in the middle (no memory left) may never be committed. */
  private long publishChanges(Block block) {
    try {
      long growth = 0;
      for (Map.Entry<Table<?, ?>, Block.Changes> change : block.changes().entrySet()) {
        growth += change.getKey().publish(change.getValue());
      }
      return growth;
    } catch (Throwable e) {
      committer.halt();
      writeFault =
          StoreFault.failed(
              "Store '"
                  + storeName()
                  + "': an update block failed while its changes were published ("
                  + e
                  + "). Nothing more is committed, so that half a block is never seen. Open the store"
                  + " again.",
              e);
      throw e;
    }
  }

  void noteFieldsChanged() {
    boolean first;
    long pass = gate.enter();
    try {
      captureWanted = true;
      first = noteChange(0);
    } finally {
      gate.exit(pass);
    }
    if (first) {
      committer.wake();
    }
  }

  /** Tells a block that goes on after the final save that there is no point in it. */
  void checkNotOvertaken(Block block) {
    if (block.isOvertaken()) {
      throw StoreFault.closed(storeName()).toException();
    }
  }

  void checkBlockSize(Block block) {
    if (block.bytes() > settings.maxBlockBytes()) {
      StateException tooLarge =
          new StoreUnavailableException(
              "Store '"
                  + storeName()
                  + "': an update block changes more than "
                  + settings.maxBlockBytes()
                  + " bytes (maxBlockBytes). The block is rolled back. Split it, or raise the limit.");
      block.doom(tooLarge);
      throw tooLarge;
    }
  }

  <T extends @Nullable Object> T underUpdateLock(Supplier<T> work) {
    updateLock.lock();
    try {
      return work.get();
    } finally {
      updateLock.unlock();
    }
  }

  /** Does {@code work} while single writers wait, too. Called by the holder of the update lock. */
  <T extends @Nullable Object> T holdingWholeStore(Supplier<T> work) {
    Block hold = Block.ofWholeStore();
    long pass = gate.close();
    try {
      checkWritable();
      running = hold;
    } finally {
      gate.open(pass);
    }
    try {
      return work.get();
    } finally {
      running = null;
      hold.end(false);
    }
  }

  // ---- durability -------------------------------------------------------------------------------

  /** Does for a finished write what its durability asks for. */
  void settle(Durability durability) {
    if (durability == Durability.SYNC && blockOfThisThread() == null) {
      awaitDurable(demandCommit(false), "the change");
    }
  }

  /** Waits until everything published so far is durable. */
  public void flush() {
    forbidInBlock("flush()");
    checkWorking();
    awaitDurable(demandCommit(true), "flush()");
  }

  /** See {@link io.pagurus.StateStore#whenDurable}. */
  public CompletionStage<Void> whenDurable() {
    checkReadable();
    Block block = blockOfThisThread();
    CompletableFuture<Void> durable =
        block != null ? durableWithBlock() : demandCommit(capture.hasFields());
    CompletableFuture<Void> stage = new CompletableFuture<>();
    durable.whenCompleteAsync(handOnTo(stage), callbacks);
    return stage;
  }

  /** Tells {@code other} how it ended. */
  private static BiConsumer<Void, @Nullable Throwable> handOnTo(CompletableFuture<Void> other) {
    return (nothing, failure) -> {
      if (failure == null) {
        other.complete(null);
      } else {
        other.completeExceptionally(failure);
      }
    };
  }

  /** The block's changes are published when it ends: only then can a commit be asked for. */
  private CompletableFuture<Void> durableWithBlock() {
    Block block = requireNonNull(blockOfThisThread());
    CompletableFuture<Void> durable = new CompletableFuture<>();
    block.onEnd(
        published -> {
          if (!published) {
            durable.completeExceptionally(
                new IllegalStateException(
                    "Store '" + storeName() + "': the update block was rolled back."));
            return;
          }
          demandCommit(false).whenComplete(handOnTo(durable));
        });
    return durable;
  }

  /**
   * Asks for a commit of everything published so far; the future says when it is durable. With
   * {@code withFields} the plain fields are looked at, too.
   */
  private CompletableFuture<Void> demandCommit(boolean withFields) {
    CompletableFuture<Void> durable;
    boolean dirty;
    boolean first = false;
    long pass = gate.enter();
    try {
      StoreFault fault = writeFault;
      Generation now = generation;
      if (fault == null && withFields && capture.hasFields()) {
        captureWanted = true;
        first = noteChange(0);
      }
      dirty = now.isDirty();
      if (dirty) {
        durable = now.durable;
        now.waiters.incrementAndGet();
      } else {
        Generation before = committer.inFlight();
        durable = before == null ? CompletableFuture.completedFuture(null) : before.durable;
      }
      if (fault != null && fault.state() != StoreState.CLOSED) {
        durable = CompletableFuture.failedFuture(fault.toException());
      }
    } finally {
      gate.exit(pass);
    }
    if (first) {
      committer.wake(); // commitNow() may be set already, by one who came too late for the last cut
    }
    if (dirty) {
      committer.commitNow();
    }
    return durable;
  }

  private <T extends @Nullable Object> T awaitDurable(CompletableFuture<T> durable, String what) {
    try {
      return durable.get(nanos(settings.maxFlushWait()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException(
          "Store '"
              + storeName()
              + "': the thread was interrupted while "
              + what
              + " was becoming durable. It stays pending and will be committed.",
          e);
    } catch (TimeoutException e) {
      String message =
          "Store '"
              + storeName()
              + "': "
              + what
              + " is not durable after "
              + settings.maxFlushWait()
              + " (maxFlushWait). It stays pending, and the store goes on trying; "
              + committer.whatIsWrong();
      throw committer.outcomeUnknown()
          ? new CommitUnknownException(message, e)
          : new StoreUnavailableException(message, e);
    } catch (ExecutionException e) {
      throw told(e, what);
    }
  }

  /** The failure of another thread, told to this one with a stack of its own. */
  RuntimeException told(ExecutionException e, String what) {
    StoreFault fault = writeFault;
    if (fault != null && fault.state() == StoreState.CLOSED) {
      return new StoreClosedException(
          "Store '"
              + storeName()
              + "' was closed before "
              + what
              + " was known to be durable: it may be saved or lost. Open the store again and look.",
          e);
    }
    if (fault != null) {
      return fault.toException();
    }
    return e.getCause() instanceof RuntimeException problem
        ? problem
        : new IllegalStateException(e.getCause());
  }

  // ---- checkpoints ------------------------------------------------------------------------------

  /** See {@link io.pagurus.StateStore#checkpoint(String)}. */
  public Checkpoint checkpoint(@Nullable String label) {
    forbidInBlock("checkpoint()");
    checkWritable();
    boundBeans.beforeCheckpoint();
    Generation.CheckpointWish wish =
        new Generation.CheckpointWish(label, new CompletableFuture<>());
    addToGeneration(generation -> generation.checkpoints.add(wish));
    return awaitDurable(wish.made(), "the checkpoint");
  }

  /** See {@link io.pagurus.StateStore#dropCheckpoint}. */
  public boolean dropCheckpoint(String id) {
    forbidInBlock("dropCheckpoint()");
    checkWritable();
    if (checkpoints().stream().noneMatch(checkpoint -> checkpoint.id().equals(id))) {
      return false;
    }
    CompletableFuture<?>[] durable = new CompletableFuture<?>[1];
    addToGeneration(
        generation -> {
          durable[0] = generation.durable;
          generation.droppedCheckpoints.add(id);
        });
    awaitDurable(requireNonNull(durable[0]), "the drop of a checkpoint");
    return true;
  }

  private void addToGeneration(Consumer<Generation> addition) {
    boolean first;
    long pass = gate.enter();
    try {
      checkWritable();
      if (capture.hasFields()) {
        captureWanted = true;
      }
      first = noteChange(0);
      addition.accept(generation);
    } finally {
      gate.exit(pass);
    }
    if (first) {
      committer.wake();
    }
    committer.commitNow();
  }

  /** The retained checkpoints, oldest first. */
  public List<Checkpoint> checkpoints() {
    checkReadable();
    return committer.checkpoints();
  }

  /** See {@link io.pagurus.StateStore#restore}. */
  public void restore(String id) {
    forbidInBlock("restore()");
    checkWritable();
    if (checkpoints().stream().noneMatch(checkpoint -> checkpoint.id().equals(id))) {
      throw new IllegalArgumentException(
          "Store '"
              + storeName()
              + "' has no checkpoint '"
              + id
              + "'. It has "
              + checkpoints().stream().map(Checkpoint::id).toList()
              + ".");
    }
    restorer.restore(id);
  }

  /** Called by the committer when a restore is durable: forgets what was known. */
  void contentReplaced() {
    long pass = gate.close();
    try {
      for (Table<?, ?> table : tables.values()) {
        table.contentReplaced();
      }
    } finally {
      gate.open(pass);
    }
  }

  /** What storage holds of a plain field. */
  byte @Nullable [] storedField(String name) {
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    return reader.read(b -> b.get(Catalog.FIELD_SPACE, key));
  }

  // ---- names ------------------------------------------------------------------------------------

  /** The table of {@code name}, made when it is new. */
  <K, V> Table<K, V> table(String name, Kind kind, Type keys, Type values) {
    checkReadable();
    Names.check(kind.name().toLowerCase(Locale.ROOT), name);
    var keyCodec = codecs.<K>keys(keys);
    var valueCodec = codecs.<V>values(values);
    String type =
        kind == Kind.MAP
            ? keys.getTypeName() + " -> " + values.getTypeName()
            : values.getTypeName();
    Catalog.Defined defined =
        catalog.define(name, kind, kind == Kind.MAP ? keyCodec.id() : "", valueCodec.id(), type);
    boolean[] made = {false};
    @SuppressWarnings("unchecked") // checked right below
    Table<K, V> table =
        (Table<K, V>)
            tables.computeIfAbsent(
                name,
                n -> {
                  made[0] = true;
                  Table<K, V> fresh =
                      new Table<>(
                          this,
                          name,
                          type,
                          defined.entry().space(),
                          keyCodec,
                          valueCodec,
                          cacheFor(valueCodec));
                  if (isReadOnly() && !defined.existed()) {
                    fresh.hideStorage();
                  }
                  return fresh;
                });
    if (!table.type().equals(type)) {
      throw new IllegalArgumentException(
          where(name)
              + ": it was opened as "
              + table.type()
              + " in this process and cannot be "
              + type
              + " too. Open it with the same types everywhere.");
    }
    if (made[0]) {
      shareCache();
      if (defined.existed()) {
        // Whether what is stored can be read is found now and not with the first customer.
        table.checkSample();
      }
    }
    return table;
  }

  /** For messages. */
  String nameOfSpace(int space) {
    return tables.values().stream()
        .filter(table -> table.space() == space)
        .findFirst()
        .map(table -> "'" + table.name() + "'")
        .orElse(space == Catalog.FIELD_SPACE ? "the plain fields" : "the catalog");
  }

  private @Nullable NearCache cacheFor(ValueCodec<?> values) {
    if (isReadOnly()) {
      return null; // what another process commits would make it stale
    }
    if (info.localReads()) {
      return values.immutable() ? new LocalCache(settings.cacheBytes()) : null;
    }
    return new RemoteCache(settings.cacheBytes());
  }

  private void shareCache() {
    long each = Math.max(1, settings.cacheBytes() / Math.max(1, tables.size()));
    tables.values().forEach(table -> table.resizeCache(each));
  }

  // ---- the cut ----------------------------------------------------------------------------------

  Generation generation() {
    return generation;
  }

  boolean isCaptureWanted() {
    return captureWanted;
  }

  UpdateLock updateLock() {
    return updateLock;
  }

  /**
   * Cuts off everything published so far; null when there is nothing, or when a block has ended
   * since the caller decided to do without the fields: then they belong to the cut. With {@code
   * withFields} the caller holds the update lock (or was lent it).
   */
  @Nullable Cut cut(boolean withFields) throws FieldCapture.CaptureFailedException {
    List<Change> fields = List.of();
    if (withFields) {
      captureWanted = false;
      try {
        fields = capture.capture();
      } catch (FieldCapture.CaptureFailedException e) {
        captureWanted = true;
        throw e;
      }
    }
    long pass = gate.close();
    try {
      return !withFields && captureWanted && capture.hasFields() ? null : cutGateClosed(fields);
    } finally {
      gate.open(pass);
    }
  }

  private @Nullable Cut cutGateClosed(List<Change> fields) {
    Generation taken = generation;
    if (committer.isHalted() || (!taken.isDirty() && fields.isEmpty())) {
      return null;
    }
    Map<Table<?, ?>, Layer> layers = new HashMap<>();
    takeLayer(catalogTable, layers);
    for (Table<?, ?> table : tables.values()) {
      takeLayer(table, layers);
    }
    generation = new Generation();
    Cut cut = new Cut(taken, layers, fields, room.cut());
    committer.inFlight(taken);
    return cut;
  }

  private static void takeLayer(Table<?, ?> table, Map<Table<?, ?>, Layer> layers) {
    Layer layer = table.cut();
    if (layer != null) {
      layers.put(table, layer);
    }
  }

  /** The last cut: the writing has ended. {@code fields} are the plain fields that changed. */
  @Nullable Cut finalCut(List<Change> fields) {
    long pass = gate.close();
    try {
      return cutGateClosed(fields);
    } finally {
      gate.open(pass);
    }
  }

  /** The plain fields that the last commit has to hold; the writing has ended. */
  List<Change> captureFinal(Deadline deadline) throws FieldCapture.CaptureFailedException {
    if (!lockForTheEnd(deadline)) {
      throw new FieldCapture.CaptureFailedException("the update lock is not free", null);
    }
    try {
      return capture.capture();
    } finally {
      updateLock.unlock();
    }
  }

  /**
   * From here on nothing is published; may be called again. It waits for a running block for 1 s,
   * and half of what is left, at most. One that does not end is doomed, and plain fields then keep
   * the content of the last commit, because the block may have changed some of them. Returns what
   * is left out by that, or null.
   */
  public @Nullable String endWriting(Deadline deadline) {
    if (backend.isSuspended()) {
      quiesce(false); // everything was saved, and writers have been held off since
      return null;
    }
    boolean locked = lockForTheEnd(deadline);
    try {
      quiesce(locked);
    } finally {
      if (locked) {
        updateLock.unlock();
      }
    }
    if (fieldsAreFinal()) {
      return null;
    }
    String problem = "an update block did not end in time: its changes are lost";
    return capture.hasFields()
        ? problem
            + ", and plain fields keep the content of the last commit, also where an update has changed"
            + " them since"
        : problem;
  }

  private boolean lockForTheEnd(Deadline deadline) {
    try {
      return updateLock.tryLock(finalLockWait(deadline).toNanos());
    } catch (InterruptedException e) {
      log.warn("Store '{}': interrupted at the end of the writing.", storeName());
      return false;
    }
  }

  /** Whether the plain fields may go into the last commit: no block was cut off. */
  boolean fieldsAreFinal() {
    return Boolean.TRUE.equals(endedWell);
  }

  /** From here on nothing is published. {@code alone}: the caller holds the update lock. */
  void quiesce(boolean alone) {
    long pass = gate.close();
    try {
      Block block = running;
      if (block != null) {
        block.overtake();
      }
      if (writeFault == null) {
        writeFault = StoreFault.closed(storeName());
      }
      if (endedWell == null) {
        endedWell = alone;
      }
    } finally {
      gate.open(pass);
      wakeAllWriters();
    }
  }

  static Duration finalLockWait(Deadline deadline) {
    long half = Math.max(0, deadline.leftNanos() / 2);
    return Duration.ofNanos(Math.min(half, MAX_FINAL_LOCK_WAIT.toNanos()));
  }

  // ---- what the committer reports ---------------------------------------------------------------

  void committed(Cut cut) {
    cut.layers().forEach(Table::committed);
    room.committed();
  }

  /** Another owner has the store: nothing is confirmed any more. */
  void fenced(String owner, long newEpoch) {
    if (!ownershipLost.compareAndSet(false, true)) {
      return;
    }
    committer.halt();
    StoreFault fault = StoreFault.fenced(storeName(), owner, newEpoch, epoch);
    log.error("{}", fault.message());
    stop(fault, true);
    OwnershipLostException lost = (OwnershipLostException) fault.toException();
    callbacks.execute(
        () -> {
          try {
            onOwnershipLost.accept(lost);
          } catch (RuntimeException e) {
            log.error("Store '{}': the onOwnershipLost callback failed.", storeName(), e);
          }
        });
  }

  /** Nothing is committed any more, reads go on. */
  void fail(String message, @Nullable Throwable cause) {
    committer.halt();
    StoreFault fault = StoreFault.failed(message, cause);
    log.error("{}", message, cause);
    stop(fault, false);
  }

  private void stop(StoreFault fault, boolean readsToo) {
    Generation last;
    long pass = gate.close();
    try {
      if (writeFault == null || fault.state() == StoreState.FENCED) {
        writeFault = fault;
      }
      if (readsToo && readFault == null) {
        readFault = fault;
      }
      last = generation;
    } finally {
      gate.open(pass);
    }
    wakeAllWriters();
    Generation inFlight = committer.inFlight();
    if (inFlight != null) {
      inFlight.fail(fault.toException());
    }
    last.fail(fault.toException());
  }

  // ---- ownership, status, close -----------------------------------------------------------------

  /** See {@link io.pagurus.StateStore#verifyOwnership}. */
  public void verifyOwnership() {
    checkReadable();
    if (isReadOnly()) {
      throw readOnly("this process does not own it");
    }
    String owner = reader.read(b -> b.currentOwnerUnless(epoch));
    if (owner != null) {
      fenced(owner, epoch + 1);
      checkReadable();
    }
  }

  /** Throws where nothing can be closed: inside a block. */
  public void checkClosable() {
    forbidInBlock("close()");
  }

  /** What a status is made of. */
  public record Snapshot(
      StoreState state,
      @Nullable String problem,
      long version,
      @Nullable Instant lastCommitAt,
      long commits,
      long pendingBytes,
      Duration lossWindow,
      Duration unsavedFor,
      Map<String, String> captureFailures,
      @Nullable StorageUsage usage,
      @Nullable Finding slowStorage) {}

  /** The engine as of now; no I/O. */
  public Snapshot snapshot() {
    StoreFault fault = readFault != null ? readFault : writeFault;
    StoreState state =
        fault != null
            ? fault.state()
            : isReadOnly()
                ? StoreState.READ_ONLY
                : committer.isInTrouble() ? StoreState.UNAVAILABLE : StoreState.OPEN;
    String problem =
        fault != null ? fault.message() : committer.isInTrouble() ? committer.whatIsWrong() : null;
    Duration unsavedFor = unsavedFor();
    return new Snapshot(
        state,
        problem,
        committer.version(),
        committer.lastCommitAt(),
        committer.commits(),
        room.unsavedBytes(),
        isReadOnly() ? Duration.ZERO : lossWindow(unsavedFor),
        unsavedFor,
        capture.failures(),
        backend.usage(),
        cadence.finding());
  }

  private Duration unsavedFor() {
    Generation now = generation;
    Generation before = committer.inFlight();
    long oldest = before != null && before.isDirty() ? before.dirtySince() : now.dirtySince();
    boolean unsaved = now.isDirty() || (before != null && before.isDirty());
    return unsaved ? Duration.ofNanos(Math.max(0, System.nanoTime() - oldest)) : Duration.ZERO;
  }

  /** What a kill could cost now; asked for with each commit. */
  Duration lossWindow() {
    return lossWindow(unsavedFor());
  }

  private Duration lossWindow(Duration unsavedFor) {
    Block block = running;
    return committer.lossWindow(block == null ? Duration.ZERO : block.age(), unsavedFor);
  }

  /** What became of the final save. */
  public record Farewell(boolean saved, @Nullable String problem, Duration took, long bytes) {}

  /**
   * What became of the goodbye.
   *
   * @param problem what is missing, or null
   */
  public record Released(boolean released, @Nullable String problem) {}

  /** Starts a commit of what is pending, as soon as none is in flight. */
  public void commitSoon() {
    if (!isReadOnly()) {
      demandCommit(true);
    }
  }

  /**
   * Saves everything by {@code deadline}; {@link #endWriting} should come before. Call it once; it
   * never throws for a storage failure.
   */
  public Farewell save(ShutdownReport report, Deadline deadline) {
    return committer.save(report, deadline);
  }

  /** Says goodbye to storage by {@code deadline}, once, after a save that went well. */
  public Released release(ShutdownReport report, boolean checkpoint, Deadline deadline) {
    return committer.release(report, checkpoint, deadline);
  }

  /** Ends its threads and lets go of storage. Call it once, last. */
  public void end(Deadline deadline) {
    Suspension begun = suspension;
    if (begun != null) {
      begun.giveUp();
    }
    committer.end(deadline);
    StoreFault fault = StoreFault.closed(storeName());
    quiesce(false);
    endReads();
    Generation inFlight = committer.inFlight();
    if (inFlight != null) {
      inFlight.fail(fault.toException());
    }
    generation.fail(fault.toException());
    callbacks.shutdown();
  }

  /**
   * Saves, releases and lets go of storage, until {@link Suspension#end}. {@code @BeforeCheckpoint}
   * methods run first.
   *
   * @param open takes up storage again, as another owner
   * @throws RuntimeException when it cannot be saved; then everything goes on as before
   */
  public Suspension suspend(ShutdownReport report, Supplier<Suspension.Resumed> open) {
    checkWritable();
    boundBeans.beforeCheckpoint();
    Suspension begun = new Suspension(this, backend, committer, report, open);
    suspension = begun;
    begun.begin();
    return begun;
  }

  void resumed(StoreHead head) {
    epoch = head.epoch();
    reader.storageReplaced();
  }

  /** How the state came up, as far as is known now. */
  public Recovery recovery() {
    return backend.recovery();
  }

  /** Another owner has committed meanwhile; single writers are held off, and so are blocks. */
  void reload() {
    catalog.load();
    contentReplaced();
    restorer.readBackFields();
  }

  /**
   * How the run before this one ended.
   *
   * @param opened what this process has just acquired
   * @param ownerBefore the epoch that was the newest then
   */
  public ShutdownReport previousRun(StateBackend opened, StoreHead head, long ownerBefore) {
    return runs.previous(opened, head, ownerBefore);
  }

  /** From here on the backend may be closed. */
  void endReads() {
    long pass = gate.close();
    try {
      if (readFault == null) {
        readFault = StoreFault.closed(storeName());
      }
    } finally {
      gate.open(pass);
    }
    reader.shutdown();
  }

  private static long nanos(Duration duration) {
    return Deadline.toNanos(duration);
  }
}
