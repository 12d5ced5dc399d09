package io.pagurus.internal.engine;

import io.pagurus.Checkpoint;
import io.pagurus.CheckpointRetention;
import io.pagurus.CommitUnknownException;
import io.pagurus.CorruptStateException;
import io.pagurus.Finding;
import io.pagurus.ShutdownReport;
import io.pagurus.StateSerializationException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.StoreHead;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that commits: it takes a cut, sends it, and sends the same commit again until the
 * answer is definite. What arrives meanwhile goes into the next one (group commit).
 *
 * <p>It runs no user code but the codecs of plain fields, and it waits for nobody without a bound.
 * Others talk to it through volatile wishes and {@link #wake}; only its own thread writes the state
 * of the commit.
 *
 * <p>Where nothing may be written the thread is started by {@link #finish} only, and closes the
 * backend.
 */
final class Committer implements Runnable {
  private static final long FIRST_BACKOFF = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_BACKOFF = TimeUnit.SECONDS.toNanos(1);
  private static final long LOCK_STEP = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONG_BLOCK = TimeUnit.SECONDS.toNanos(1);
  private static final long CAPTURE_RETRY = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long FINISH_MARGIN = TimeUnit.MILLISECONDS.toNanos(50);

  /** So often an idle store asks whether its backend has something to do. */
  private static final long IDLE_LOOK = TimeUnit.SECONDS.toNanos(1);

  /** After a commit that others waited for, so long for them to come again. */
  private static final long LONGEST_GATHERING =
      Runtime.getRuntime().availableProcessors() == 1 ? 0 : TimeUnit.MICROSECONDS.toNanos(50);

  private static final Logger log = LoggerFactory.getLogger(Committer.class);

  private enum Work {
    COMMIT,
    HEARTBEAT,
    RESTORE,
    SUSPEND,
    FINISH
  }

  /** The wish for a goodbye, or for an end without one where {@code report} is null. */
  private record ReleaseWish(
      @Nullable ShutdownReport report,
      boolean checkpoint,
      CompletableFuture<Engine.Released> done) {}

  private final Engine engine;
  private final CurrentBackend backend;
  private final RunLog runs;
  private final String store;
  private final Cadence cadence;
  private final long heartbeat;
  private final Thread thread;
  private final CompletableFuture<Engine.Farewell> farewell = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  // Wishes of others.
  private volatile boolean commitNow;
  private final AtomicReference<@Nullable RestoreWish> restoreWish = new AtomicReference<>();
  private final AtomicReference<@Nullable SuspendWish> suspendWish = new AtomicReference<>();
  private volatile @Nullable ShutdownReport stop;
  private volatile @Nullable Deadline finishBy;
  private final AtomicReference<@Nullable ReleaseWish> releaseWish = new AtomicReference<>();

  // Written by the committer's thread (inFlight also by the cut that it makes), read by all.
  private volatile @Nullable Generation inFlight;
  private volatile long inFlightSince;
  private volatile long version;
  private volatile @Nullable Instant lastCommitAt;
  private volatile long commits;
  private volatile long recentCommitNanos;
  private volatile @Nullable String trouble;
  private volatile boolean outcomeUnknown;
  private volatile boolean halted;
  private volatile List<Checkpoint> checkpoints;

  private long lastCommitNanos = System.nanoTime();
  private long lastCaptureNanos = System.nanoTime();
  private long notBefore = System.nanoTime();
  private boolean unanswered;
  private int waitersBefore;
  private long lastLookNanos = System.nanoTime();
  private @Nullable Block reported;

  Committer(Engine engine, CurrentBackend backend, RunLog runs, StoreHead head) {
    this.engine = engine;
    this.backend = backend;
    this.runs = runs;
    this.store = engine.storeName();
    this.cadence = engine.cadence();
    Duration beat = backend.info().heartbeat();
    this.heartbeat = beat == null ? Long.MAX_VALUE / 4 : Deadline.toNanos(beat);
    this.version = head.version();
    this.lastCommitAt = head.committedAt();
    this.checkpoints = backend.checkpoints();
    this.thread = new StoreThreads(store, "committer").newThread(this);
  }

  void start() {
    thread.start();
  }

  // ---- for everybody ----------------------------------------------------------------------------

  void wake() {
    LockSupport.unpark(thread);
  }

  /** What is dirty shall be committed as soon as no commit is in flight. */
  void commitNow() {
    if (!commitNow) {
      commitNow = true;
      wake();
    }
  }

  /** Nothing is sent any more. */
  void halt() {
    halted = true;
  }

  boolean isHalted() {
    return halted;
  }

  /**
   * Asks for a commit of what is pending, plain fields included, and then for the one that
   * restores. The caller holds the update lock and every single writer off, and waits.
   */
  void restoreTo(RestoreWish wish) {
    restoreWish.set(wish);
    wake();
    if (farewell.isDone()) {
      refuseRestore(); // the thread may have ended before it saw the wish
    }
  }

  /**
   * Lets go of storage, and takes up another one later. The caller holds the update lock and every
   * single writer off until then.
   */
  void suspend(SuspendWish wish) {
    suspendWish.set(wish);
    wake();
    if (farewell.isDone()) {
      refuseSuspend(); // the thread may have ended before it saw the wish
    }
  }

  /**
   * The last commit; it carries {@code report}. Waits for it until shortly after {@code deadline}.
   * {@link #release} or {@link #end} has to follow.
   */
  Engine.Farewell save(ShutdownReport report, Deadline deadline) {
    long begin = System.nanoTime();
    stop = report;
    finish(deadline);
    try {
      return farewell.isDone() || await(farewell, deadline)
          ? farewell.join()
          : unfinished("storage did not answer in time; " + whatIsWrong(), begin);
    } catch (CompletionException e) {
      return unfinished("the committer failed: " + e.getCause(), begin);
    }
  }

  private void finish(Deadline deadline) {
    boolean begun = finishBy != null;
    finishBy = deadline;
    if (engine.isReadOnly() && !begun) {
      thread.start();
    }
    wake();
  }

  /** The goodbye, after a save that went well. */
  Engine.Released release(ShutdownReport report, boolean checkpoint, Deadline deadline) {
    ReleaseWish wish = new ReleaseWish(report, checkpoint, new CompletableFuture<>());
    finishBy = deadline;
    if (!releaseWish.compareAndSet(null, wish)) {
      return new Engine.Released(false, "the stop was given up before");
    }
    wake();
    return await(wish.done(), deadline)
        ? wish.done().join()
        : new Engine.Released(false, "storage did not answer the release; " + whatIsWrong());
  }

  /**
   * Ends the thread, with the last commit where nobody asked for it; waits for {@code deadline}.
   */
  void end(Deadline deadline) {
    if (finishBy == null) {
      finish(deadline);
    }
    releaseWish.compareAndSet(null, new ReleaseWish(null, false, new CompletableFuture<>()));
    wake();
    await(ended, deadline);
  }

  /** Not interruptible: a save that goes on behind our back helps nobody, and it has a bound. */
  private static boolean await(CompletableFuture<?> event, Deadline deadline) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          event.get(leftForFinish(deadline), TimeUnit.NANOSECONDS);
          return true;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true; // join() tells
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static long leftForFinish(Deadline deadline) {
    return Math.max(0, deadline.leftNanos()) + FINISH_MARGIN;
  }

  private Engine.Farewell unfinished(String problem, long begin) {
    return new Engine.Farewell(
        false,
        problem,
        Duration.ofNanos(System.nanoTime() - begin),
        engine.snapshot().pendingBytes());
  }

  @Nullable Generation inFlight() {
    return inFlight;
  }

  void inFlight(Generation generation) {
    inFlightSince = System.nanoTime();
    inFlight = generation;
  }

  long version() {
    return version;
  }

  @Nullable Instant lastCommitAt() {
    return lastCommitAt;
  }

  long commits() {
    return commits;
  }

  List<Checkpoint> checkpoints() {
    return checkpoints;
  }

  boolean isInTrouble() {
    return trouble != null;
  }

  boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  /** For messages: why commits do not get through. */
  String whatIsWrong() {
    String known = trouble;
    if (known != null) {
      return known;
    }
    if (!engine.capture().failures().isEmpty()) {
      return "plain fields cannot be encoded: " + engine.capture().failures();
    }
    Block block = engine.running();
    if (block != null) {
      return "the commit waits for " + block.describe();
    }
    return inFlight == null
        ? "nothing is known to be wrong with storage"
        : "storage has not answered the running commit for "
            + (System.nanoTime() - inFlightSince) / 1_000_000
            + " ms";
  }

  /**
   * What a kill could cost now. A change waits for the commit before it, or for the longest
   * interval, or for a block; then its own commit has to end. It is never less than what a kill
   * would cost at this very moment.
   */
  Duration lossWindow(Duration longestUpdate, Duration unsavedFor) {
    long inFlightFor = inFlight == null ? 0 : System.nanoTime() - inFlightSince;
    long commit = Math.max(recentCommitNanos, inFlightFor);
    Duration window =
        Duration.ofNanos(Math.max(cadence.longestWait(), commit) + commit).plus(longestUpdate);
    return window.compareTo(unsavedFor) < 0 ? unsavedFor : window;
  }

  // ---- the thread -------------------------------------------------------------------------------

  @Override
  public void run() {
    try {
      while (true) {
        Work work = awaitWork();
        if (work == Work.FINISH) {
          farewell.complete(finalSave());
          release();
          return;
        }
        switch (work) {
          case COMMIT -> commitOnce();
          case HEARTBEAT -> beat();
          case RESTORE -> restore();
          case SUSPEND -> suspend();
          default -> throw new AssertionError(work);
        }
      }
    } catch (Throwable e) {
      // A bug or an Error of the virtual machine: nobody may believe that commits go on.
      engine.fail(
          "Store '"
              + store
              + "': the committer ended unexpectedly ("
              + e
              + "). Nothing more is committed; reads go on. Open the store again.",
          e);
      farewell.completeExceptionally(e);
      refuseRestore();
      refuseSuspend();
      while (finishBy == null) {
        LockSupport.park(this);
      }
    } finally {
      engine.endReads();
      closeBackend();
      ended.complete(null);
    }
  }

  /** Tells one who wants to restore that nothing is sent any more. */
  private void refuseRestore() {
    RestoreWish wish = restoreWish.getAndSet(null);
    if (wish != null) {
      wish.done().completeExceptionally(StoreFault.closed(store).toException());
    }
  }

  private void closeBackend() {
    try {
      backend.close();
    } catch (RuntimeException e) {
      log.warn("Store '{}': closing its storage failed: {}", store, e.toString(), e);
    }
  }

  private Work awaitWork() {
    while (true) {
      if (finishBy != null) {
        return Work.FINISH;
      }
      if (halted) {
        refuseRestore();
        refuseSuspend();
        LockSupport.park(this);
        continue;
      }
      if (restoreWish.get() != null) {
        return Work.RESTORE;
      }
      if (suspendWish.get() != null) {
        return Work.SUSPEND;
      }
      gather();
      long now = System.nanoTime();
      Generation generation = engine.generation();
      long wait = lastCommitNanos + heartbeat - now;
      if (wait <= 0) {
        return Work.HEARTBEAT; // whatever else there is: it may have to wait for a block
      }
      Work work = Work.HEARTBEAT;
      if (generation.isDirty()) {
        long due =
            commitNow
                ? 0
                : generation.dirtySince() + cadence.waitNanos(engine.pendingBytes()) - now;
        if (due < wait) {
          wait = due;
          work = Work.COMMIT;
        }
      }
      if (engine.capture().hasFields()) {
        long due = lastCaptureNanos + engine.capture().intervalNanos() - now;
        if (due < wait) {
          wait = due;
          work = Work.COMMIT;
        }
      }
      if (!generation.isDirty()) {
        long look = Math.max(lastCommitNanos, lastLookNanos) + IDLE_LOOK - now;
        if (look <= 0) {
          lastLookNanos = now;
          if (backend.wantsCommit()) {
            return Work.HEARTBEAT;
          }
          look = IDLE_LOOK;
        }
        wait = Math.min(wait, look);
      }
      wait = Math.max(wait, notBefore - now);
      if (wait <= 0) {
        return work;
      }
      LockSupport.parkNanos(this, wait);
    }
  }

  /**
   * Whoever waited for the last commit often writes again at once. To wait for that for a moment
   * costs less than to be woken by it; and if several waited, they share the next commit, too,
   * instead of half of them waiting for a second one.
   */
  private void gather() {
    while (waitersBefore > 0
        && engine.generation().waiters.get() < waitersBefore
        && System.nanoTime() - lastCommitNanos < LONGEST_GATHERING) {
      Thread.onSpinWait(); // to yield would give a busy machine away for milliseconds
    }
    waitersBefore = 0;
  }

  private void commitOnce() {
    boolean wanted = engine.capture().hasFields() && engine.isCaptureWanted();
    boolean due =
        engine.capture().hasFields()
            && System.nanoTime() - lastCaptureNanos >= engine.capture().intervalNanos();
    boolean locked = wanted ? lockForCut() : due && engine.updateLock().tryLock();
    if (wanted && !locked) {
      return; // something else is more urgent than to wait for a block
    }
    Cut cut;
    commitNow = false;
    try {
      cut = engine.cut(locked);
    } catch (FieldCapture.CaptureFailedException e) {
      notBefore = System.nanoTime() + CAPTURE_RETRY;
      commitNow = true;
      return;
    } finally {
      if (locked) {
        engine.updateLock().unlock();
      }
    }
    if (locked || due) {
      lastCaptureNanos = System.nanoTime();
    }
    if (cut != null) {
      send(cut, null, null);
    } else if (engine.isCaptureWanted()) {
      commitNow = true; // a block ended meanwhile: once more, with the fields
    }
  }

  /** Gets the update lock for a cut; false when there is something else to do first. */
  private boolean lockForCut() {
    while (finishBy == null
        && !halted
        && restoreWish.get() == null
        && suspendWish.get() == null
        && System.nanoTime() - lastCommitNanos < heartbeat) {
      try {
        if (engine.updateLock().tryLock(LOCK_STEP)) {
          return true;
        }
      } catch (InterruptedException e) {
        // Nobody of ours interrupts this thread; whoever did it must not stop the commits.
        log.warn("Store '{}': the committer was interrupted and goes on.", store);
      }
      Block block = engine.running();
      if (block != null && block != reported && block.age().toNanos() > LONG_BLOCK) {
        reported = block;
        log.warn(
            "Store '{}': commits wait for {}\nIt counts into the loss window. Keep update blocks short.",
            store,
            block.describe());
      }
    }
    return false;
  }

  private void beat() {
    Commit commit =
        new Commit(
            engine.epoch(),
            version + 1,
            engine.settings().ids().get(),
            engine.settings().clock().instant(),
            List.of(),
            runs.toCommit(engine.epoch(), engine.lossWindow()),
            List.of(),
            List.of(),
            null,
            false);
    untilKnown(commit, 0);
  }

  private void restore() {
    RestoreWish wish = restoreWish.getAndSet(null);
    if (wish == null) {
      return;
    }
    try {
      restore(wish);
    } catch (FieldCapture.CaptureFailedException e) {
      wish.done()
          .completeExceptionally(
              new StateSerializationException(
                  "Store '"
                      + store
                      + "': nothing was restored, because what is there now cannot be saved first: "
                      + e.getMessage(),
                  e));
    }
  }

  private void restore(RestoreWish wish) throws FieldCapture.CaptureFailedException {
    AtomicReference<@Nullable Cut> before = new AtomicReference<>();
    if (!wish.whileWaiting(() -> before.set(engine.cut(true)))) {
      return;
    }
    Cut cut = before.get();
    boolean saved = cut == null || send(cut, null, null);
    if (!saved || finishBy != null) {
      wish.done().completeExceptionally(StoreFault.closed(store).toException());
      return;
    }
    if (checkpoints.stream().noneMatch(known -> known.id().equals(wish.checkpoint()))) {
      wish.done()
          .completeExceptionally(
              new IllegalArgumentException(
                  "Store '"
                      + store
                      + "': checkpoint '"
                      + wish.checkpoint()
                      + "' was dropped meanwhile. Nothing was restored."));
      return;
    }
    if (wish.begin()) {
      sendRestore(wish);
    }
  }

  /**
   * Sends the commit that restores. It carries the catalog: the names that exist now exist in what
   * is restored, too, so that the number of a space never stands for two names.
   */
  private void sendRestore(RestoreWish wish) {
    Instant now = engine.settings().clock().instant();
    Checkpoint before = checkpoint("before-restore-" + version, version, now);
    List<Change> names = new ArrayList<>(engine.catalog().asChanges());
    names.addAll(runs.toRestore(engine.epoch(), engine.lossWindow()));
    Commit commit =
        new Commit(
            engine.epoch(),
            version + 1,
            engine.settings().ids().get(),
            now,
            List.of(),
            names,
            List.of(before),
            List.of(),
            wish.checkpoint(),
            false);
    if (untilKnown(commit, 0)) {
      addCheckpoints(List.of(before), List.of());
      engine.contentReplaced();
      wish.done().complete(null);
    } else {
      wish.done()
          .completeExceptionally(
              new CommitUnknownException(
                  "Store '"
                      + store
                      + "' was closed before storage answered the restore to '"
                      + wish.checkpoint()
                      + "': it was done or not. Open the store again to see."));
    }
  }

  // ---- sending ----------------------------------------------------------------------------------

  private boolean send(Cut cut, @Nullable ShutdownReport report, @Nullable String problem) {
    Instant now = engine.settings().clock().instant();
    List<Checkpoint> made = new ArrayList<>();
    List<Runnable> answers = new ArrayList<>();
    for (Generation.CheckpointWish wish : cut.generation().checkpoints) {
      Checkpoint checkpoint = checkpoint(wish.label(), version + 1, now);
      made.add(checkpoint);
      answers.add(() -> wish.made().complete(checkpoint));
    }
    List<String> dropped = new ArrayList<>(cut.generation().droppedCheckpoints);
    dropped.addAll(expired(made, now));
    List<Change> more = new ArrayList<>(runs.toCommit(engine.epoch(), engine.lossWindow()));
    if (report != null) {
      more.add(runs.stop(report, engine.epoch(), version + 1, cut.bytes(), problem));
    }
    Commit commit =
        cut.toCommit(
            engine.epoch(), version + 1, engine.settings().ids().get(), now, made, dropped, more);
    if (!untilKnown(commit, cut.bytes())) {
      return false;
    }
    addCheckpoints(made, dropped);
    engine.committed(cut);
    waitersBefore = cut.generation().waiters.get();
    inFlight = null; // before anybody is told: who asks then finds nothing pending
    cut.generation().durable.complete(null);
    answers.forEach(Runnable::run);
    lastCommitNanos = System.nanoTime(); // who waited comes again from now on, see gather()
    return true;
  }

  /** Sends until the answer is definite; false when this process will never commit again. */
  private boolean untilKnown(Commit commit, long bytes) {
    long begin = System.nanoTime();
    long backoff = FIRST_BACKOFF;
    while (true) {
      long sent = System.nanoTime();
      CommitResult result = sendOnce(commit);
      if (result instanceof CommitResult.Committed) {
        long now = System.nanoTime();
        long took = now - begin;
        recentCommitNanos = Math.max(took, recentCommitNanos - recentCommitNanos / 8);
        version = commit.version();
        lastCommitAt = commit.committedAt();
        lastCommitNanos = System.nanoTime();
        commits++;
        answered(bytes, now - sent);
        recovered();
        return true;
      }
      if (result instanceof CommitResult.Fenced fenced) {
        halted = true;
        engine.fenced(fenced.owner(), fenced.epoch());
        return false;
      }
      if (result instanceof CommitResult.Rejected rejected) {
        halted = true;
        engine.fail(rejection(rejected), rejected.cause());
        return false;
      }
      CommitResult.TryAgain again = (CommitResult.TryAgain) result;
      inTrouble(again);
      Deadline deadline = finishBy;
      if (deadline != null && deadline.isOver()) {
        unanswered = true; // and no other commit may take its number
        return false;
      }
      long pause = deadline == null ? backoff : Math.min(backoff, deadline.leftNanos());
      LockSupport.parkNanos(this, Math.max(1, pause));
      backoff = Math.min(LONGEST_BACKOFF, backoff * 2);
    }
  }

  /** The time of the attempt that worked: an outage says nothing about how fast storage is. */
  private void answered(long bytes, long tookNanos) {
    boolean news = cadence.answered(bytes, tookNanos);
    Finding finding = cadence.finding();
    if (news && finding != null) {
      log.warn("Store '{}': {}", store, finding);
    }
  }

  private CommitResult sendOnce(Commit commit) {
    try {
      return backend.commit(commit);
    } catch (RuntimeException e) {
      return new CommitResult.TryAgain(e, true);
    }
  }

  private void inTrouble(CommitResult.TryAgain again) {
    outcomeUnknown |= again.outcomeUnknown();
    String text =
        "storage at " + backend.info().source() + " does not take commits: " + again.cause();
    if (trouble == null) {
      log.warn(
          "Store '{}': {}. Changes wait in memory and are tried again until it works.",
          store,
          text,
          again.cause());
    }
    trouble = text;
  }

  private void recovered() {
    if (trouble != null) {
      log.info("Store '{}': storage takes commits again.", store);
      trouble = null;
    }
    outcomeUnknown = false;
  }

  private String rejection(CommitResult.Rejected rejected) {
    if (rejected.cause() instanceof CorruptStateException damage) {
      return damage.getMessage()
          + " Nothing is dropped and nothing more is committed; reads of what is whole go on.";
    }
    String what =
        rejected.change() == null
            ? "the commit"
            : "the entry with key "
                + Printable.bytes(rejected.change().key())
                + " in "
                + engine.nameOfSpace(rejected.change().space());
    return "Store '"
        + store
        + "': storage at "
        + backend.info().source()
        + " refuses "
        + what
        + " for its content ("
        + rejected.cause()
        + "). Nothing is dropped and nothing more is committed; reads go on. Save what you need"
        + " elsewhere, fix the entry or the storage, and open the store again.";
  }

  // ---- checkpoints ------------------------------------------------------------------------------

  private Checkpoint checkpoint(@Nullable String label, long ofVersion, Instant now) {
    UUID random = engine.settings().ids().get();
    String id =
        "c" + ofVersion + "-" + Long.toHexString(random.getLeastSignificantBits() & 0xFFFFFFFFL);
    return new Checkpoint(id, label, ofVersion, now);
  }

  private void addCheckpoints(List<Checkpoint> made, List<String> dropped) {
    if (made.isEmpty() && dropped.isEmpty()) {
      return;
    }
    List<Checkpoint> next = new ArrayList<>(checkpoints);
    next.addAll(made);
    next.removeIf(checkpoint -> dropped.contains(checkpoint.id()));
    checkpoints = List.copyOf(next);
  }

  /** What the retention no longer keeps once {@code made} are there. */
  private List<String> expired(List<Checkpoint> made, Instant now) {
    if (made.isEmpty()) {
      return List.of();
    }
    List<Checkpoint> all = new ArrayList<>(checkpoints);
    all.addAll(made);
    all.removeIf(checkpoint -> checkpoint.label() != null);
    CheckpointRetention retention = engine.settings().retention();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < all.size() - retention.keepLast(); i++) {
      if (!all.get(i).createdAt().plus(retention.keepFor()).isAfter(now)) {
        ids.add(all.get(i).id());
      }
    }
    return ids;
  }

  // ---- suspension -------------------------------------------------------------------------------

  /** Saves, releases and lets go; comes back when there is storage again, or the end has come. */
  private void suspend() {
    SuspendWish wish = suspendWish.getAndSet(null);
    if (wish == null) {
      return;
    }
    AtomicReference<@Nullable Cut> before = new AtomicReference<>();
    try {
      if (!wish.whileWaiting(() -> before.set(engine.cut(true)))) {
        return;
      }
    } catch (FieldCapture.CaptureFailedException e) {
      wish.done()
          .completeExceptionally(
              new StateSerializationException(
                  "Store '" + store + "' cannot be saved before the checkpoint: " + e.getMessage(),
                  e));
      return;
    }
    Cut cut = before.get();
    boolean saved = cut == null || send(cut, null, null);
    if (!saved || finishBy != null || !sendRelease(wish.report(), List.of()).released()) {
      wish.done().completeExceptionally(new StoreUnavailableException(notSuspended()));
      return;
    }
    if (!wish.begin()) {
      return; // nobody waits any more: the next commit takes the goodbye back
    }
    backend.suspend();
    wish.done().complete(null);
    while (!wish.resumed().isDone() && finishBy == null) {
      LockSupport.park(this);
    }
  }

  private String notSuspended() {
    return "Store '"
        + store
        + "' could not be saved and released before the process is checkpointed: "
        + whatIsWrong()
        + ". It stays open.";
  }

  private void refuseSuspend() {
    SuspendWish wish = suspendWish.getAndSet(null);
    if (wish != null) {
      wish.done().completeExceptionally(StoreFault.closed(store).toException());
    }
  }

  /** There is storage again; called while this thread waits in {@link #suspend}. */
  void resumed(StoreHead head, SuspendWish wish) {
    version = head.version();
    lastCommitAt = head.committedAt();
    checkpoints = backend.checkpoints();
    wish.resumed().complete(null); // before the thread goes on: it sees the above
    wake();
  }

  // ---- the end ----------------------------------------------------------------------------------

  private Engine.Farewell finalSave() {
    long begin = System.nanoTime();
    Deadline deadline = finishBy == null ? Deadline.in(Duration.ofSeconds(10)) : finishBy;
    refuseRestore();
    refuseSuspend();
    if (engine.isReadOnly() || backend.isSuspended()) {
      engine.quiesce(false);
      return new Engine.Farewell(true, null, Duration.ofNanos(System.nanoTime() - begin), 0);
    }
    if (halted || unanswered) {
      engine.quiesce(false);
      String why = halted ? engine.snapshot().problem() : whatIsWrong();
      return new Engine.Farewell(
          false,
          why,
          Duration.ofNanos(System.nanoTime() - begin),
          engine.snapshot().pendingBytes());
    }
    engine.endWriting(deadline);
    LastCut last = lastCut(deadline, begin);
    Cut cut = last.cut();
    boolean saved = cut == null || send(cut, stop, last.problem());
    String why = saved ? last.problem() : halted ? engine.snapshot().problem() : whatIsWrong();
    return new Engine.Farewell(
        saved, why, Duration.ofNanos(System.nanoTime() - begin), cut == null ? 0 : cut.bytes());
  }

  private record LastCut(@Nullable Cut cut, @Nullable String problem) {}

  /** Takes the last cut, with the plain fields unless a block was changing them at the end. */
  private LastCut lastCut(Deadline deadline, long begin) {
    if (!engine.fieldsAreFinal()) {
      return new LastCut(engine.finalCut(List.of()), null);
    }
    while (true) {
      try {
        return new LastCut(engine.finalCut(engine.captureFinal(deadline)), null);
      } catch (FieldCapture.CaptureFailedException e) {
        if (System.nanoTime() - begin > Math.max(0, deadline.leftNanos())) {
          return new LastCut(
              engine.finalCut(List.of()),
              "plain fields keep the content of the last commit: " + e.getMessage());
        }
        LockSupport.parkNanos(this, CAPTURE_RETRY);
      }
    }
  }

  /** Waits for what is to be done behind the last commit, and does it. */
  private void release() {
    ReleaseWish wish;
    while ((wish = releaseWish.get()) == null) {
      LockSupport.park(this);
    }
    ShutdownReport report = wish.report();
    if (report != null) {
      wish.done().complete(release(report, wish.checkpoint()));
    }
  }

  private Engine.Released release(ShutdownReport report, boolean checkpoint) {
    if (engine.isReadOnly() || backend.isSuspended()) {
      return new Engine.Released(true, null);
    }
    if (halted || unanswered) {
      return new Engine.Released(false, halted ? engine.snapshot().problem() : whatIsWrong());
    }
    Deadline deadline = finishBy;
    boolean hasTime = deadline != null && deadline.leftNanos() > 2 * recentCommitNanos;
    Instant now = engine.settings().clock().instant();
    List<Checkpoint> made =
        checkpoint && hasTime ? List.of(checkpoint(null, version + 1, now)) : List.of();
    Engine.Released released = sendRelease(report, made);
    return released.released() && checkpoint && !hasTime
        ? new Engine.Released(true, "there was no time for the checkpoint")
        : released;
  }

  private Engine.Released sendRelease(ShutdownReport report, List<Checkpoint> made) {
    Instant now = engine.settings().clock().instant();
    Commit commit =
        new Commit(
            engine.epoch(),
            version + 1,
            engine.settings().ids().get(),
            now,
            List.of(),
            List.of(runs.stop(report, engine.epoch(), version + 1, report.bytesSaved(), null)),
            made,
            expired(made, now),
            null,
            true);
    if (!untilKnown(commit, 0)) {
      return new Engine.Released(false, halted ? engine.snapshot().problem() : whatIsWrong());
    }
    addCheckpoints(made, List.of());
    return new Engine.Released(true, null);
  }
}
