package io.pagurus.internal.log;

import io.pagurus.Checkpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a store but its entries, as of one commit. Immutable.
 *
 * @param version the commit
 * @param commitId its id; {@link Frame#NO_ID} when there is none yet
 * @param previousId the id of the commit before it
 * @param committedAt when it was made
 * @param entries how many entries the store holds, or {@link #NOT_COUNTED}
 * @param released whether it is the goodbye of its owner
 * @param image what the state is made of
 * @param checkpoints what is kept, oldest first
 * @param trash what nothing needs any more and is still there
 * @param quarantined what was put aside because of damage; never deleted
 */
record Manifest(
    long version,
    UUID commitId,
    UUID previousId,
    Instant committedAt,
    long entries,
    boolean released,
    Image image,
    List<Kept> checkpoints,
    List<Trash> trash,
    List<Piece> quarantined) {
  Manifest {
    checkpoints = List.copyOf(checkpoints);
    trash = List.copyOf(trash);
    quarantined = List.copyOf(quarantined);
  }

  /** The owner made the commit before it had read all of the state. */
  static final long NOT_COUNTED = -1;

  /** A store without commits. */
  static final Manifest EMPTY =
      new Manifest(
          0,
          Frame.NO_ID,
          Frame.NO_ID,
          Instant.EPOCH,
          0,
          false,
          Image.EMPTY,
          List.of(),
          List.of(),
          List.of());

  /**
   * A checkpoint and what its state is made of.
   *
   * @param checkpoint the checkpoint
   * @param image its state
   */
  record Kept(Checkpoint checkpoint, Image image) {}

  /**
   * Something to be deleted.
   *
   * @param piece what
   * @param version the commit since which nothing needs it
   * @param at when that was, by the clock of the owner
   */
  record Trash(Piece piece, long version, Instant at) {}

  /** The manifest behind a commit that lies in {@code part}. */
  Manifest after(Frame.Identity commit, int part, Delta delta) {
    long next = commit.seq();
    List<Kept> kept = new ArrayList<>(checkpoints);
    for (Checkpoint checkpoint : delta.newCheckpoints()) {
      if (checkpoint.version() < next) {
        kept.add(new Kept(checkpoint, image));
      }
    }
    Image state = image;
    String restoreTo = delta.restoreTo();
    if (restoreTo != null) {
      Kept target = find(restoreTo);
      if (target == null) {
        throw new IllegalStateException("no checkpoint has the id " + restoreTo);
      }
      state = target.image;
    }
    state = state.with(commit.epoch(), part, next);
    Delta.Merge merge = delta.merge();
    if (merge != null) {
      state = state.merged(merge.bases(), merge.covered());
    }
    for (Checkpoint checkpoint : delta.newCheckpoints()) {
      if (checkpoint.version() >= next) {
        kept.add(new Kept(checkpoint, state));
      }
    }
    kept.removeIf(k -> delta.droppedCheckpoints().contains(k.checkpoint.id()));
    List<Trash> left = new ArrayList<>(trash);
    left.removeIf(t -> delta.deleted().contains(t.piece));
    delta.trashed().forEach(piece -> left.add(new Trash(piece, next, commit.time())));
    return new Manifest(
        next,
        commit.objectId(),
        commit.previousId(),
        commit.time(),
        delta.entries(),
        delta.release(),
        state,
        kept,
        left,
        quarantined);
  }

  /** The same behind plain commits up to {@code next}, whose ids and times are not known. */
  Manifest through(long epoch, int part, long next) {
    return with(next, image.through(epoch, part, version + 1, next));
  }

  Manifest with(Image other) {
    return with(version, other);
  }

  private Manifest with(long newer, Image other) {
    return new Manifest(
        newer,
        commitId,
        previousId,
        committedAt,
        entries,
        released,
        other,
        checkpoints,
        trash,
        quarantined);
  }

  /**
   * The same state, its newest commit taken from the first frame of a new epoch: by the checkpoints
   * that hold it, too.
   */
  Manifest carriedTo(long epoch) {
    List<Kept> kept = new ArrayList<>();
    for (Kept one : checkpoints) {
      kept.add(
          one.image.endsWith(version)
              ? new Kept(one.checkpoint, one.image.carrying(epoch, 0, version))
              : one);
    }
    return new Manifest(
        version,
        commitId,
        previousId,
        committedAt,
        entries,
        released,
        image.carrying(epoch, 0, version),
        kept,
        trash,
        quarantined);
  }

  /** The same, as a new owner sees it. */
  Manifest unreleased() {
    return new Manifest(
        version,
        commitId,
        previousId,
        committedAt,
        entries,
        false,
        image,
        checkpoints,
        trash,
        quarantined);
  }

  /** The kept checkpoint of that id, or null. */
  @Nullable Kept find(String id) {
    for (Kept kept : checkpoints) {
      if (kept.checkpoint.id().equals(id)) {
        return kept;
      }
    }
    return null;
  }

  /** What must not be deleted: of the newest state, of checkpoints, and what was put aside. */
  List<Piece> needed() {
    List<Piece> needed = new ArrayList<>(image.pieces());
    checkpoints.forEach(kept -> needed.addAll(kept.image.pieces()));
    needed.addAll(quarantined);
    return needed;
  }

  /** How {@link #entries} is stored: a number that no store can hold says that it is not known. */
  static long stored(long entries) {
    return entries == NOT_COUNTED ? Long.MAX_VALUE : entries;
  }

  static long entries(long stored) {
    return stored == Long.MAX_VALUE ? NOT_COUNTED : stored;
  }

  /** The same, counted. */
  Manifest counted(long known) {
    return new Manifest(
        version,
        commitId,
        previousId,
        committedAt,
        known,
        released,
        image,
        checkpoints,
        trash,
        quarantined);
  }

  static void write(Wire.Out out, Manifest manifest) {
    out.count(manifest.version)
        .id(manifest.commitId)
        .id(manifest.previousId)
        .time(manifest.committedAt)
        .count(stored(manifest.entries))
        .flag(manifest.released);
    Image.write(out, manifest.image);
    out.list(
            manifest.checkpoints,
            (o, kept) -> {
              Delta.write(o, kept.checkpoint);
              Image.write(o, kept.image);
            })
        .list(
            manifest.trash,
            (o, trash) -> {
              Piece.write(o, trash.piece);
              o.count(trash.version).time(trash.at);
            })
        .list(manifest.quarantined, Piece::write);
  }

  static Manifest read(Wire.In in) {
    return new Manifest(
        in.count(),
        in.id(),
        in.id(),
        in.time(),
        entries(in.count()),
        in.flag(),
        Image.read(in),
        in.list(i -> new Kept(Delta.checkpoint(i), Image.read(i))),
        in.list(i -> new Trash(Piece.read(i), i.count(), i.time())),
        in.list(Piece::read));
  }
}
