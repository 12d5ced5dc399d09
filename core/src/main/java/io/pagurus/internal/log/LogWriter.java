package io.pagurus.internal.log;

import io.pagurus.CorruptStateException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner's side of the log: one commit at a time, from its changes to its answer. Used by one
 * thread at a time; {@link #manifest} and {@link #table} are read by any.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>Memory changes only after the log answered {@link Append.Done}.
 *   <li>A commit that was sent and not answered is sent again as the same bytes, until the answer
 *       is definite; nothing else is sent before.
 *   <li>When the log is broken ({@code force} failed), the owner seals its own epoch and the commit
 *       becomes the first frame of the next one. Nobody is told before that is durable.
 *   <li>When a part is to be started ({@link #open} is set), nothing is appended before it is.
 * </ol>
 */
final class LogWriter {
  private static final Logger logger = LoggerFactory.getLogger(LogWriter.class);

  /** What a reader can hold in memory at once. */
  private static final long MOST_COMMIT_BYTES = 1L << 30;

  private final LogStorage storage;
  private final CommitLog log;
  private final BackendRequest request;
  private final UUID storeId;
  private final Ids ids;
  private final StateLoader loader;
  private final Upkeep upkeep;
  private final Garbage garbage;
  private final List<Piece> orphans;

  private volatile Manifest manifest;
  private volatile LiveTable table;
  private volatile long epoch;
  private volatile @Nullable RuntimeException unreadable;

  private int part;
  private long tailBytes;
  private long generation;
  private @Nullable Sent sent;
  private @Nullable Frame open;
  private boolean openCarries;
  private boolean broken;
  private @Nullable Seal ownSeal;
  private @Nullable Seal fencedBy;

  LogWriter(
      LogStorage storage,
      BackendRequest request,
      UUID storeId,
      Ids ids,
      StateLoader loader,
      Upkeep upkeep,
      StateRecovery.Restored restored,
      List<Piece> orphans,
      long epoch) {
    this.storage = storage;
    this.log = storage.log();
    this.request = request;
    this.storeId = storeId;
    this.ids = ids;
    this.loader = loader;
    this.upkeep = upkeep;
    this.garbage = new Garbage(!log.manifestInEveryFrame());
    this.orphans = new ArrayList<>(orphans);
    this.manifest = restored.manifest();
    this.table = restored.table();
    this.tailBytes = restored.tailBytes();
    this.epoch = epoch;
    this.part = log.currentPart();
  }

  /**
   * A commit on its way.
   *
   * @param commit what the engine asked for
   * @param delta what it changes in the manifest
   * @param blocks its entries
   * @param restored the table of the checkpoint that it restores, or null
   * @param restoredBytes how long the tail of that checkpoint is
   * @param compacted how much of the log its new bases take in
   */
  private record Sent(
      Commit commit,
      Delta delta,
      Blocks blocks,
      @Nullable LiveTable restored,
      long restoredBytes,
      long compacted) {}

  Manifest manifest() {
    return manifest;
  }

  /**
   * The current entries.
   *
   * @throws StoreUnavailableException while they cannot be had
   */
  LiveTable table() {
    if (unreadable != null) {
      throw unreadableBecause();
    }
    return table;
  }

  /** Ends it, with the backend. */
  void close() {
    table.close(unreadable == null ? mark() : null);
  }

  /** The epoch of the log; higher than the one that was taken once a log broke. */
  long epoch() {
    return epoch;
  }

  /** Whether upkeep goes on with a commit, though nothing has changed. */
  boolean wantsCommit() {
    return sent == null
        && fencedBy == null
        && unreadable == null
        && upkeep.wantsCommit(
            manifest, tailBytes, table.bytes(), request.clock().instant(), table.isWhole());
  }

  CommitResult commit(Commit commit) {
    Seal by = fencedBy;
    if (commit.commitId().equals(manifest.commitId())) {
      return new CommitResult.Committed();
    }
    if (by != null) {
      return fenced(by);
    }
    if (unreadable != null && !rebuilt()) {
      return new CommitResult.TryAgain(unreadableBecause(), false);
    }
    Sent current = sent;
    if (current != null && !current.commit.commitId().equals(commit.commitId())) {
      throw new IllegalStateException(
          "Commit " + current.commit.commitId() + " is not answered yet, and is sent again first");
    }
    if (current == null) {
      if (commit.version() != manifest.version() + 1) {
        throw new IllegalArgumentException(
            "Commit %d cannot follow commit %d".formatted(commit.version(), manifest.version()));
      }
      RuntimeException damage = table.damage();
      if (damage != null) {
        return new CommitResult.Rejected(null, damage);
      }
      CommitResult.Rejected rejected = check(commit);
      if (rejected != null) {
        return rejected;
      }
      if (!commit.release()) {
        upkeep.letCatchUp(manifest.image(), tailBytes);
      }
      try {
        current = prepare(commit);
      } catch (CorruptStateException e) {
        return unlessFenced(e);
      } catch (StoreUnavailableException e) {
        return new CommitResult.TryAgain(e, false);
      }
      if (current.blocks.length() > MOST_COMMIT_BYTES) {
        return new CommitResult.Rejected(
            null,
            new IllegalArgumentException(
                "one commit of " + current.blocks.length() + " bytes; at most 1 GiB can be"));
      }
      sent = current;
    }
    upkeep.commitBegins();
    try {
      return answer(current, send(current));
    } catch (StoreUnavailableException e) {
      return new CommitResult.TryAgain(e, true);
    } finally {
      upkeep.commitEnds();
    }
  }

  private CommitResult answer(Sent current, Append append) {
    if (append instanceof Append.Done) {
      publish(current);
      return new CommitResult.Committed();
    }
    if (append instanceof Append.Fenced fenced) {
      fencedBy = fenced.by();
      sent = null;
      if (current.restored != null) {
        current.restored.close();
      }
      return fenced(fenced.by());
    }
    if (append instanceof Append.Retry retry) {
      return new CommitResult.TryAgain(retry.cause(), retry.outcomeUnknown());
    }
    return new CommitResult.TryAgain(((Append.Broken) append).cause(), true);
  }

  private static CommitResult fenced(Seal by) {
    return new CommitResult.Fenced(by.owner().describe(), by.epoch() + 1);
  }

  // ---- preparing ------------------------------------------------------------------------------

  private CommitResult.@Nullable Rejected check(Commit commit) {
    for (Change change : commit.changes()) {
      byte[] value = change.value();
      if (change.key().length > LogBackend.MAX_KEY_BYTES
          || (value != null && value.length > LogBackend.MAX_VALUE_BYTES)) {
        return new CommitResult.Rejected(
            change, new IllegalArgumentException("larger than the declared limits"));
      }
    }
    String restoreTo = commit.restoreTo();
    if (restoreTo != null && manifest.find(restoreTo) == null) {
      return new CommitResult.Rejected(
          null, new IllegalArgumentException("no checkpoint has the id " + restoreTo));
    }
    return null;
  }

  private Sent prepare(Commit commit) {
    LiveTable restored = null;
    long restoredBytes = 0;
    String restoreTo = commit.restoreTo();
    if (restoreTo != null) {
      StateLoader.Result result = load(restoreTo);
      restored = result.table();
      restoredBytes = result.tailBytes();
    }
    Blocks.Writer writer = new Blocks.Writer(commit.commitId(), Compression.FOR_COMMITS);
    for (Change change : commit.changes()) {
      writer.add(change.space(), change.key(), change.value());
    }
    Upkeep.Outcome compacted = restoreTo == null ? upkeep.outcomeFor(manifest, generation) : null;
    Delta delta =
        new Delta(
            entriesAfter(commit, restored == null ? table : restored),
            commit.release(),
            List.copyOf(commit.clears()),
            restoreTo,
            List.copyOf(commit.newCheckpoints()),
            List.copyOf(commit.droppedCheckpoints()),
            compacted == null ? null : compacted.merge(),
            List.of(),
            upkeep.drainDeleted());
    return new Sent(
        commit,
        withTrash(commit, delta),
        writer.finish(),
        restored,
        restoredBytes,
        compacted == null ? 0 : compacted.tailBytes());
  }

  private StateLoader.Result load(String checkpoint) {
    Manifest.Kept kept = manifest.find(checkpoint);
    if (kept == null) {
      throw new IllegalStateException("checked before");
    }
    StateLoader.Result result =
        loader.load(kept.image(), kept.checkpoint().version(), manifest.entries());
    LiveTable loaded = result.table();
    if (loaded == null || !result.damages().isEmpty()) {
      if (loaded != null) {
        loaded.close();
      }
      throw damaged(checkpoint, result.damages());
    }
    return result;
  }

  private CommitResult unlessFenced(CorruptStateException damage) {
    try {
      Seal successor = successor();
      fencedBy = successor;
      return successor == null ? new CommitResult.Rejected(null, damage) : fenced(successor);
    } catch (StoreUnavailableException e) {
      return new CommitResult.TryAgain(e, false);
    }
  }

  /**
   * Who owns the store now, if that is somebody else: what this owner misses may be what that one
   * has thrown away.
   */
  private @Nullable Seal successor() {
    Seal seal = log.sealOf(epoch);
    return seal == null || seal.owner().id().equals(request.self().id()) ? null : seal;
  }

  /**
   * Throws when that checkpoint fails verification; without effect when there is none, and when
   * somebody else owns the store, which the next commit finds out.
   */
  void verify(String checkpoint) {
    Manifest.Kept kept = manifest.find(checkpoint);
    if (kept != null) {
      List<Damage> damages = loader.audit(kept.image());
      if (!damages.isEmpty() && successor() == null) {
        throw damaged(checkpoint, damages);
      }
    }
  }

  private CorruptStateException damaged(String checkpoint, List<Damage> damages) {
    return new CorruptStateException(
        "Store '"
            + request.storeName()
            + "': checkpoint "
            + checkpoint
            + " at "
            + storage.source()
            + " fails verification: "
            + damages
            + ". Nothing was changed; restore another checkpoint.");
  }

  /** While entries are missing, whether a key is new is not known. */
  private long entriesAfter(Commit commit, LiveTable before) {
    if (!before.isWhole()) {
      boolean same = commit.clears().isEmpty() && commit.changes().isEmpty();
      return same ? manifest.entries() : Manifest.NOT_COUNTED;
    }
    long entries = before.entries();
    Set<Integer> cleared = new HashSet<>(commit.clears());
    for (int space : cleared) {
      entries -= before.count(space, List.of());
    }
    for (Change change : commit.changes()) {
      boolean hidden = !cleared.isEmpty() && cleared.contains(change.space());
      boolean was = !hidden && before.contains(change.space(), change.key());
      boolean is = change.value() != null;
      entries += (is ? 1 : 0) - (was ? 1 : 0);
    }
    return entries;
  }

  private Delta withTrash(Commit commit, Delta delta) {
    List<Piece> trash = new ArrayList<>(orphans);
    orphans.clear();
    if (delta.merge() != null
        || delta.restoreTo() != null
        || !delta.droppedCheckpoints().isEmpty()) {
      Manifest next = manifest.after(identity(commit), part, delta);
      trash.addAll(garbage.between(manifest, next));
    }
    return trash.isEmpty()
        ? delta
        : new Delta(
            delta.entries(),
            delta.release(),
            delta.clears(),
            delta.restoreTo(),
            delta.newCheckpoints(),
            delta.droppedCheckpoints(),
            delta.merge(),
            trash,
            delta.deleted());
  }

  private Frame.Identity identity(Commit commit) {
    return new Frame.Identity(
        storeId,
        epoch,
        commit.version(),
        commit.commitId(),
        manifest.commitId(),
        commit.committedAt());
  }

  // ---- sending --------------------------------------------------------------------------------

  private Append send(Sent current) {
    if (broken) {
      Append sealed = sealOwn(current);
      if (sealed != null) {
        return sealed;
      }
    }
    if (open == null && log.partIsFull()) {
      open = rollFrame();
      openCarries = false;
    }
    Append started = startPart();
    if (started instanceof Append.Broken failed) {
      return next(current, failed);
    }
    if (started instanceof Append.Retry retry && openCarries) {
      return new Append.Retry(retry.cause(), true); // it may still be in the log that broke
    }
    if (!(started instanceof Append.Done)) {
      return started;
    }
    if (openCarries) {
      openCarries = false;
      return started;
    }
    Append appended = log.append(frame(current));
    return appended instanceof Append.Broken failed ? next(current, failed) : appended;
  }

  private Frame frame(Sent current) {
    Frame.Identity identity = identity(current.commit);
    Manifest whole =
        log.manifestInEveryFrame() ? manifest.after(identity, part, current.delta) : null;
    return Frame.of(
        FrameKind.COMMIT, identity, new Head(current.delta, whole).toByteArray(), current.blocks);
  }

  /** Begins what has to begin before anything can be appended. */
  private Append startPart() {
    Frame frame = open;
    if (frame == null) {
      return new Append.Done();
    }
    Append started = log.start(frame);
    if (started instanceof Append.Done) {
      open = null;
      part = log.currentPart();
      if (!openCarries) {
        manifest = manifest.with(manifest.image().goingOnIn(epoch, part, manifest.version()));
      }
    }
    return started;
  }

  private Frame rollFrame() {
    Manifest whole = manifest.with(manifest.image().goingOnIn(epoch, part + 1, manifest.version()));
    return openFrame(storeId, epoch, whole);
  }

  /** Where a part begins. */
  static Frame openFrame(UUID storeId, long epoch, Manifest whole) {
    Delta none = Delta.none(whole.entries(), false);
    return firstFrame(FrameKind.OPEN, storeId, epoch, whole, none, Blocks.NONE);
  }

  /** Where the first part of an epoch begins, with the newest commit of the epoch before. */
  static Frame carryFrame(UUID storeId, long epoch, Manifest whole, Delta carried, Blocks blocks) {
    return firstFrame(FrameKind.CARRY, storeId, epoch, whole, carried, blocks);
  }

  private static Frame firstFrame(
      FrameKind kind, UUID storeId, long epoch, Manifest whole, Delta carried, Blocks blocks) {
    return Frame.of(
        kind,
        new Frame.Identity(
            storeId,
            epoch,
            whole.version(),
            whole.commitId(),
            whole.previousId(),
            whole.committedAt()),
        new Head(carried, whole).toByteArray(),
        blocks);
  }

  /** The log took its last frame: goes on in the next epoch, once. */
  private Append next(Sent current, Append.Broken failed) {
    logger.warn(
        "Store '{}' at {}: writing failed ({}). Going on in a new log; nothing was acknowledged that"
            + " is not durable.",
        request.storeName(),
        storage.source(),
        failed.cause().toString());
    broken = true;
    Append sealed = sealOwn(current);
    if (sealed != null) {
      return sealed;
    }
    Append started = startPart();
    if (started instanceof Append.Broken again) {
      broken = true;
      return again;
    }
    if (started instanceof Append.Done) {
      openCarries = false;
    }
    return started instanceof Append.Retry retry
        ? new Append.Retry(retry.cause(), true) // it may still be in the log that broke
        : started;
  }

  /** Ends the own epoch and prepares the next one; null when that is done. */
  private @Nullable Append sealOwn(Sent current) {
    Seal mine = ownSeal;
    if (mine == null) {
      mine = new Seal(storeId, epoch, ids.next(), request.self(), request.clock().instant());
      ownSeal = mine;
    }
    Seal made;
    try {
      storage.turn().owning(mine.epoch() + 1); // before it exists, so that nobody sees it free
      made = log.seal(mine);
    } catch (StoreUnavailableException e) {
      return new Append.Retry(e, true);
    }
    if (made == null) {
      return notSealed(mine);
    }
    if (!made.id().equals(mine.id())) {
      return new Append.Fenced(made);
    }
    ownSeal = null;
    broken = false;
    epoch = mine.epoch() + 1;
    Manifest after = manifest.after(identity(current.commit), 0, current.delta);
    open = carryFrame(storeId, epoch, after, current.delta, current.blocks);
    openCarries = true;
    return null;
  }

  /** The seal was not answered: perhaps somebody else has gone on, or it is there and doubtful. */
  private Append notSealed(Seal mine) {
    Tip tip = log.look();
    Seal newest = tip == null ? null : tip.seal();
    if (newest != null && newest.epoch() >= mine.epoch()) {
      if (!newest.owner().id().equals(request.self().id())) {
        return new Append.Fenced(newest);
      }
      // It is there, and nobody knows whether it will stay: the one behind it decides.
      epoch = newest.epoch() + 1;
      ownSeal = null;
    }
    return new Append.Retry(new IllegalStateException("the log is not sealed yet"), true);
  }

  // ---- behind a commit ------------------------------------------------------------------------

  /** Asks the storage nothing: the commit is made, so nothing may fail any more. */
  private void publish(Sent done) {
    Commit commit = done.commit;
    Manifest next = manifest.after(identity(commit), part, done.delta);
    // First of all: whatever fails below, this commit is durable and never sent again.
    manifest = next;
    sent = null;
    LiveTable old = table;
    LiveTable restored = done.restored;
    LiveTable current = restored == null ? old : restored;
    if (restored != null) {
      generation++;
      tailBytes = done.restoredBytes;
    }
    tailBytes = Math.max(0, tailBytes + done.blocks.rawLength() - done.compacted);
    try {
      current.apply(commit.clears(), commit.changes());
      table = current instanceof HydratingTable lazy ? lazy.settled() : current;
      if (restored != null) {
        old.close();
      }
    } catch (RuntimeException e) {
      lose(current, e);
      return;
    }
    if (commit.release()) {
      return; // what would begin now has to be given up at once
    }
    upkeep.after(
        next,
        generation,
        epoch,
        tailBytes,
        done.blocks.rawLength(),
        current.bytes(),
        commit.committedAt(),
        current.isWhole());
  }

  /**
   * The table could not take a commit that is durable (an off-heap table found no room to grow).
   * Until it is built again from the log nothing is read and nothing is committed.
   */
  private void lose(LiveTable broken, RuntimeException cause) {
    unreadable = cause;
    broken.close();
    rebuilt();
  }

  private boolean rebuilt() {
    Manifest newest = manifest;
    try {
      StateLoader.Result result = loader.load(newest.image(), newest.version(), newest.entries());
      LiveTable whole = result.table();
      if (whole != null && result.damages().isEmpty()) {
        table = whole;
        unreadable = null;
        return true;
      }
      if (whole != null) {
        whole.close();
      }
      unreadable = new DamageException(result.damages().get(0));
    } catch (RuntimeException e) {
      unreadable = e;
    }
    logger.warn(
        "Store '{}' at {}: the table of current entries cannot be built: {}. Everything confirmed is"
            + " on storage; it is tried again with the next commit.",
        request.storeName(),
        storage.source(),
        String.valueOf(unreadable));
    return false;
  }

  private StoreUnavailableException unreadableBecause() {
    return new StoreUnavailableException(
        "Store '"
            + request.storeName()
            + "': the table of current entries could not be built: "
            + unreadable
            + ". Everything confirmed is on storage at "
            + storage.source()
            + "; look at room and memory, or open the store again.",
        unreadable);
  }

  /** The commit whose state {@link #table} holds exactly, or null while one is not answered. */
  LiveTable.@Nullable Mark mark() {
    Manifest newest = manifest;
    return sent == null && newest.version() > 0
        ? new LiveTable.Mark(storeId, newest.version(), newest.commitId())
        : null;
  }
}
