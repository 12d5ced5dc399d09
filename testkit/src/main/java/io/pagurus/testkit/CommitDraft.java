package io.pagurus.testkit;

import io.pagurus.Checkpoint;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A {@link Commit} in the making. Not thread-safe. */
public final class CommitDraft {
  private final long epoch;
  private final long version;
  private final List<Integer> clears = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private final List<Checkpoint> newCheckpoints = new ArrayList<>();
  private final List<String> droppedCheckpoints = new ArrayList<>();
  private @Nullable String restoreTo;
  private boolean release;

  CommitDraft(long epoch, long version) {
    this.epoch = epoch;
    this.version = version;
  }

  /** The number the commit will have. */
  public long version() {
    return version;
  }

  /** Sets an entry. */
  public CommitDraft put(int space, byte[] key, byte[] value) {
    changes.add(new Change(space, key, value));
    return this;
  }

  /** Sets an entry, key and value in UTF-8. */
  public CommitDraft put(int space, String key, String value) {
    return put(space, Bytes.utf8(key), Bytes.utf8(value));
  }

  /** Removes an entry. */
  public CommitDraft remove(int space, byte[] key) {
    changes.add(new Change(space, key, null));
    return this;
  }

  /** Removes an entry, the key in UTF-8. */
  public CommitDraft remove(int space, String key) {
    return remove(space, Bytes.utf8(key));
  }

  /** Empties a space. */
  public CommitDraft clear(int space) {
    clears.add(space);
    return this;
  }

  /** Records a checkpoint of the state with this commit. */
  public CommitDraft checkpoint(String id, @Nullable String label) {
    newCheckpoints.add(new Checkpoint(id, label, version, now()));
    return this;
  }

  /** Forgets a checkpoint. */
  public CommitDraft drop(String id) {
    droppedCheckpoints.add(id);
    return this;
  }

  /** Goes back to the checkpoint {@code id} and keeps the state before as {@code undo}. */
  public CommitDraft restore(String id, String undo) {
    restoreTo = id;
    newCheckpoints.add(new Checkpoint(undo, "before-restore-" + (version - 1), version - 1, now()));
    return this;
  }

  /** Says goodbye. */
  public CommitDraft release() {
    release = true;
    return this;
  }

  Commit build() {
    return new Commit(
        epoch,
        version,
        UUID.randomUUID(),
        now(),
        List.copyOf(clears),
        List.copyOf(changes),
        List.copyOf(newCheckpoints),
        List.copyOf(droppedCheckpoints),
        restoreTo,
        release);
  }

  /** Cut to what every storage keeps. */
  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }
}
