package io.pagurus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store as of one moment. Immutable.
 *
 * @param name the name of the store
 * @param source where the state is kept, without credentials
 * @param state what the store can do
 * @param problem what is wrong and what to do, or null
 * @param epoch the epoch of this owner; in a store that is read only, of its owner
 * @param version the newest durable commit; in a store that is read only, as of opening
 * @param lastCommitAt when it was made, or null before the first
 * @param commits how many commits this process has made
 * @param pendingBytes encoded bytes that are not durable yet
 * @param lossWindow what a kill could cost at most: the wait for a commit to begin (the commit
 *     interval, or the commit in flight when that takes longer), plus that commit, plus the running
 *     update. Measured, never below the commit interval in force (maxCommitInterval), never below
 *     {@code unsavedFor}; zero in a store that is read only
 * @param unsavedFor how long the oldest change that is not durable has waited; zero if there is
 *     none
 * @param captureFailures plain fields that cannot be encoded, with the reason; while it is not
 *     empty nothing is committed
 * @param restore how the store came up, as far as it is known now: see {@link
 *     RestoreReport#complete}
 * @param usage what it has asked of the storage, or null where requests cost nothing
 * @param findings what the doctor found at start, and that storage is too slow for the time a stop
 *     has, while it is
 */
public record StoreStatus(
    String name,
    String source,
    StoreState state,
    @Nullable String problem,
    long epoch,
    long version,
    @Nullable Instant lastCommitAt,
    long commits,
    long pendingBytes,
    Duration lossWindow,
    Duration unsavedFor,
    Map<String, String> captureFailures,
    RestoreReport restore,
    @Nullable StorageUsage usage,
    List<Finding> findings) {}
