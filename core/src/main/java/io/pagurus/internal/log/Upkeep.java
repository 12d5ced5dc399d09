package io.pagurus.internal.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an owner does beside committing: compaction, and deleting what a commit has listed as trash.
 * The work runs on an executor of its own; its outcome waits here until the next commit takes it
 * along, and is void if the image it was made from is not the newest any more.
 *
 * <p>{@link #after}, {@link #letCatchUp}, {@link #outcomeFor} and {@link #drainDeleted} are called
 * by the committing thread, {@link #stop} by any.
 */
final class Upkeep {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  /** So much longer than the tail the bases may be that it is merged into. */
  private static final int WORTH = 4;

  /** One compaction takes in so many tails of the length that is worth one, at most. */
  private static final int TAILS_AT_ONCE = 4;

  /** Commits get as large as this when changes come faster than they are saved, as in a load. */
  private static final long LOAD_BYTES = 256 << 10;

  /**
   * During a load the tail gets so many times longer than is worth a compaction otherwise: what
   * would be merged now would soon be merged again, and whoever loads waits for the processor.
   */
  private static final int LOAD_TAILS = 4;

  /** With so many tails of that length, commits come too fast and wait for the compaction. */
  private static final int TAILS_TOO_MANY = 8;

  /** With so many, a compaction does not step aside for commits that come fast. */
  private static final int TAILS_URGENT = 6;

  /** Fast: since it began, the tail grew by this part (a half) of what is worth a compaction. */
  private static final int FAST_PART = 2;

  /** The same for slots, where commits count: so many times the most that there should be. */
  private static final int COMMITS_URGENT = 2;

  /** How long a commit waits. Short: it may be the last one of a process that has to end. */
  private static final long MOST_WAIT_MILLIS = 100;

  /** How often that is said. */
  private static final long SAY_AGAIN_NANOS = Duration.ofMinutes(1).toNanos();

  /** After a failure, compaction rests for so many commits. */
  private static final int REST = 100;

  private final LogStorage storage;
  private final Segments segments;
  private final Ids ids;
  private final Executor executor;
  private final String store;
  private final boolean beside;
  private final Pace pace;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final Queue<Piece> deleted = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Outcome outcome;
  private volatile boolean stopped;
  private volatile long restUntil;

  /** What cannot be deleted waits for the commits that come anyway. */
  private volatile boolean deletingFailed;

  private @Nullable List<@Nullable SegmentRef> measured;
  private long measuredBytes;

  /** How long the tail was when the last compaction began. */
  private long begunWithBytes;

  private final Object monitor = new Object();

  @GuardedBy("monitor")
  private boolean compacting;

  private long saidAt;
  private boolean said;

  /**
   * For one owner.
   *
   * @param workers where {@code executor} comes from
   */
  Upkeep(
      LogStorage storage,
      Segments segments,
      Ids ids,
      Executor executor,
      Workers workers,
      String store) {
    this.beside = workers.parallel();
    this.pace = new Pace(workers);
    this.storage = storage;
    this.segments = segments;
    this.ids = ids;
    this.executor = executor;
    this.store = store;
  }

  /**
   * A finished compaction.
   *
   * @param generation the generation of the image it began with
   * @param image that image
   * @param tailBytes how much of the log it took in
   * @param merge what came out
   */
  record Outcome(long generation, Image image, long tailBytes, Delta.Merge merge) {}

  /** A commit is sent to storage: what this does beside it steps aside. */
  void commitBegins() {
    pace.commitBegins();
  }

  /** That commit is answered. */
  void commitEnds() {
    pace.commitEnds();
  }

  /**
   * Looks whether something is to be done, behind a commit.
   *
   * @param generation counts how often the state was replaced as a whole
   * @param tailBytes how long the tail is
   * @param commitBytes how much of it is of that commit
   * @param liveBytes how long all entries are, or -1 when that is not known
   * @param whole whether all of the state was read and verified. Nothing is deleted before: bases
   *     that were replaced are still read, and if one of the newest is damaged, what the older
   *     states need is all there is
   */
  void after(
      Manifest manifest,
      long generation,
      long epoch,
      long tailBytes,
      long commitBytes,
      long liveBytes,
      Instant now,
      boolean whole) {
    pace.urgent(isUrgent(manifest.image(), tailBytes));
    if (stopped || outcome != null || manifest.version() < restUntil) {
      return;
    }
    List<Manifest.Trash> ripe = whole ? ripe(manifest, now) : List.of();
    boolean compact = isLong(manifest.image(), tailBytes, commitBytes, liveBytes);
    if ((ripe.isEmpty() && !compact) || !busy.compareAndSet(false, true)) {
      return;
    }
    if (outcome != null) { // it came meanwhile: what is begun now would not fit behind it
      busy.set(false);
      return;
    }
    begunWithBytes = tailBytes;
    later(
        () -> {
          try {
            delete(ripe, epoch);
            if (compact) {
              compact(manifest, generation, epoch, tailBytes, now);
            }
          } finally {
            busy.set(false);
          }
        });
  }

  /**
   * Whether a commit is worth making for upkeep alone: to take along what is finished, to begin
   * what is due, or to let trash get old whose grace is over. Each brings the end nearer, and then
   * there are no more.
   */
  boolean wantsCommit(
      Manifest manifest, long tailBytes, long liveBytes, Instant now, boolean whole) {
    if (stopped || manifest.version() < restUntil) {
      return false;
    }
    if (outcome != null || !deleted.isEmpty()) {
      return true;
    }
    if (busy.get()) {
      return false; // it is asked again
    }
    return isLong(manifest.image(), tailBytes, 0, liveBytes)
        || (whole
            && !deletingFailed
            && manifest.trash().stream().anyMatch(trash -> isGraceOver(trash, now)));
  }

  /**
   * Ahead of a commit: lets the compaction that is running catch up when it falls behind, so that
   * the log does not grow without end. Waits a moment at most, whatever the compaction does.
   */
  void letCatchUp(Image image, long tailBytes) {
    if (!beside || stopped || tailBytes < TAILS_TOO_MANY * longest(baseBytes(image))) {
      return;
    }
    synchronized (monitor) {
      if (!compacting) {
        return;
      }
      say(tailBytes);
      long end = System.nanoTime() + MOST_WAIT_MILLIS * 1_000_000;
      try {
        for (long left = MOST_WAIT_MILLIS; compacting && left > 0; ) {
          monitor.wait(left);
          left = (end - System.nanoTime()) / 1_000_000;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the commit is made all the same
      }
    }
  }

  private void say(long tailBytes) {
    long now = System.nanoTime();
    if (said && now - saidAt < SAY_AGAIN_NANOS) {
      return;
    }
    said = true;
    saidAt = now;
    log.warn(
        "Store '{}' at {}: commits come faster than the log can be compacted, which holds {} bytes"
            + " now. They are slowed down; nothing is lost. Look at how much is written, and how"
            + " fast the storage is.",
        store,
        storage.source(),
        tailBytes);
  }

  private void compacting(boolean is) {
    synchronized (monitor) {
      compacting = is;
      monitor.notifyAll();
    }
  }

  private boolean isLong(Image image, long tailBytes, long commitBytes, long liveBytes) {
    LogSettings settings = storage.settings();
    long base = baseBytes(image);
    boolean wasteful =
        liveBytes >= 0
            && tailBytes >= settings.reclaimBytes()
            && base + tailBytes >= 2 * liveBytes + settings.reclaimBytes();
    long longest =
        commitBytes < LOAD_BYTES
            ? longest(base)
            : Math.max(
                settings.tailBytes(),
                Math.min(LOAD_TAILS * longest(base), settings.longestTailBytes()));
    return wasteful || tailBytes >= longest || isManyCommits(image, base, tailBytes);
  }

  private boolean isUrgent(Image image, long tailBytes) {
    long longest = longest(baseBytes(image));
    return !beside // nobody goes on while it rests
        || stopped
        || tailBytes >= TAILS_TOO_MANY * longest
        || (tailBytes >= TAILS_URGENT * longest
            && tailBytes - begunWithBytes >= longest / FAST_PART)
        || (storage.log().manifestInEveryFrame()
            && image.tailCommits() >= (long) COMMITS_URGENT * storage.settings().mostTailCommits());
  }

  private long longest(long base) {
    LogSettings settings = storage.settings();
    return Math.max(settings.tailBytes(), Math.min(base / 2, settings.longestTailBytes()));
  }

  /**
   * How far a compaction goes. A process that never lives long enough for one leaves a tail that is
   * longer each time; if all of it had to be taken in at once, that would take longer each time,
   * too, and never be done.
   */
  private Compaction.End end(Manifest manifest, long tailBytes, Compaction compaction) {
    Image image = manifest.image();
    long mostBytes = TAILS_AT_ONCE * longest(baseBytes(image));
    long mostCommits =
        storage.log().manifestInEveryFrame()
            ? TAILS_AT_ONCE * (long) storage.settings().mostTailCommits()
            : Long.MAX_VALUE;
    return tailBytes <= mostBytes && image.tailCommits() <= mostCommits
        ? new Compaction.End(manifest.version(), tailBytes)
        : compaction.end(image, manifest.version(), mostBytes, mostCommits);
  }

  /**
   * Where each commit is an object, a restart makes a request for each. Merging them writes the
   * bases and the tail: with what the commits wrote, that is six times their bytes at most, unless
   * there are so many that the restart matters more.
   */
  private boolean isManyCommits(Image image, long base, long tailBytes) {
    if (!storage.log().manifestInEveryFrame()) {
      return false;
    }
    LogSettings settings = storage.settings();
    long commits = image.tailCommits();
    return commits >= settings.mostTailCommits()
        || (commits >= settings.tailCommits() && base <= WORTH * tailBytes);
  }

  /** Asked for behind each commit, and the same until the bases are replaced. */
  private long baseBytes(Image image) {
    if (image.bases() != measured) {
      measured = image.bases();
      measuredBytes = image.baseBytes();
    }
    return measuredBytes;
  }

  private List<Manifest.Trash> ripe(Manifest manifest, Instant now) {
    int kept = storage.settings().keptCommits();
    List<Manifest.Trash> ripe = new ArrayList<>();
    for (Manifest.Trash trash : manifest.trash()) {
      if (trash.version() + kept <= manifest.version()
          && isGraceOver(trash, now)
          && !deleted.contains(trash.piece())) {
        ripe.add(trash);
      }
    }
    return ripe;
  }

  private boolean isGraceOver(Manifest.Trash trash, Instant now) {
    return !trash.at().isAfter(now.minus(storage.settings().gcGrace()));
  }

  private void delete(List<Manifest.Trash> ripe, long epoch) {
    try {
      if (ripe.isEmpty() || storage.log().sealOf(epoch) != null) {
        return; // a new owner may have gone back to what this one has thrown away
      }
    } catch (RuntimeException e) {
      log.debug("Store '{}': trash is deleted later", store, e);
      return;
    }
    boolean failed = false;
    for (Manifest.Trash trash : ripe) {
      if (stopped) {
        return;
      }
      try {
        if (trash.piece() instanceof SegmentRef segment) {
          segments.delete(segment);
        } else if (trash.piece() instanceof Range range) {
          storage.log().delete(range);
        }
        deleted.add(trash.piece());
      } catch (RuntimeException e) {
        failed = true;
        log.debug("Store '{}': {} is deleted later", store, trash.piece(), e);
      }
    }
    deletingFailed = failed;
  }

  private void compact(
      Manifest manifest, long generation, long epoch, long tailBytes, Instant now) {
    Compaction compaction = compaction();
    long begin = System.nanoTime();
    compacting(true);
    pace.begin();
    try {
      Image image = manifest.image();
      Compaction.End end = end(manifest, tailBytes, compaction);
      Delta.Merge merge =
          compaction.run(image.upTo(end.version()), end.version(), end.bytes(), epoch, now);
      outcome = new Outcome(generation, image, end.bytes(), merge);
      log.debug(
          "Store '{}': compacted {} of {} bytes of log into {} partitions in {} ms",
          store,
          end.bytes(),
          tailBytes,
          merge.bases().size(),
          (System.nanoTime() - begin) / 1_000_000);
    } catch (CancellationException e) {
      log.debug("Store '{}': a compaction was given up, because the store is closed", store);
    } catch (RuntimeException | Error e) {
      restUntil = manifest.version() + REST;
      log.warn(
          "Store '{}' at {}: compacting the log failed and is tried again later; nothing is lost,"
              + " the log just grows. {}",
          store,
          storage.source(),
          e.toString(),
          e);
      if (e instanceof Error error) {
        throw error;
      }
    } finally {
      compacting(false);
    }
  }

  private Compaction compaction() {
    return new Compaction(segments, storage.log(), storage.settings(), ids, pace, () -> stopped);
  }

  /** What a compaction brought for a commit on top of {@code manifest}; at most once. */
  @Nullable Outcome outcomeFor(Manifest manifest, long generation) {
    Outcome ready = outcome;
    if (ready == null) {
      return null;
    }
    outcome = null;
    Image image = manifest.image();
    if (ready.generation == generation
        && ready.image.bases().equals(image.bases())
        && ready.image.covered() == image.covered()) {
      return ready;
    }
    later(() -> discard(ready));
    return null;
  }

  private void later(Runnable work) {
    try {
      executor.execute(work);
    } catch (RejectedExecutionException e) {
      log.debug("Store '{}' is closed; what is unused is removed by the next owner", store, e);
    }
  }

  private void discard(Outcome unused) {
    List<SegmentRef> written = new ArrayList<>();
    for (SegmentRef base : unused.merge.bases()) {
      if (base != null && !unused.image.bases().contains(base)) {
        written.add(base);
      }
    }
    compaction().discard(written);
  }

  /** What was deleted since the last call. */
  List<Piece> drainDeleted() {
    List<Piece> drained = new ArrayList<>();
    for (Piece piece = deleted.poll(); piece != null; piece = deleted.poll()) {
      drained.add(piece);
    }
    return drained;
  }

  /** Ends what is running, soon; nothing new begins. */
  void stop() {
    stopped = true;
    pace.urgent(true);
    Outcome ready = outcome;
    outcome = null;
    if (ready != null) {
      discard(ready);
    }
  }
}
