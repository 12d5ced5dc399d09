package io.pagurus.spi;

import io.pagurus.Checkpoint;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One atomic group of changes. Applied in this order: {@code restoreTo}, {@code clears}, {@code
 * changes}; then the checkpoints of {@code newCheckpoints} are recorded (they hold the state with
 * this commit, except that one whose version is smaller holds the state before it, see {@code
 * restoreTo}) and those of {@code droppedCheckpoints} forgotten.
 *
 * @param epoch the epoch of the owner
 * @param version the number of this commit, one more than the one before
 * @param commitId random; a commit that is sent again has the same one
 * @param committedAt the wall clock of the owner, for people
 * @param clears spaces to be emptied
 * @param changes at most one for each key
 * @param newCheckpoints checkpoints to record; {@code version} of each is this commit's, or in a
 *     commit that restores, one less
 * @param droppedCheckpoints ids to forget; unknown ones are ignored
 * @param restoreTo id of the checkpoint whose state replaces everything, before the changes of this
 *     commit are applied; or null. An unknown one is {@link CommitResult.Rejected}, and nothing is
 *     stored
 * @param release true when this is the owner's goodbye: the next one need not wait
 */
public record Commit(
    long epoch,
    long version,
    UUID commitId,
    Instant committedAt,
    List<Integer> clears,
    List<Change> changes,
    List<Checkpoint> newCheckpoints,
    List<String> droppedCheckpoints,
    @Nullable String restoreTo,
    boolean release) {}
