package io.pagurus.spi;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The newest commit of a store and who made it.
 *
 * @param epoch the epoch of the newest owner; 0 for a store that never had one
 * @param version the number of the newest commit; 0 when there is none. It never restarts
 * @param commitId the id of that commit, or null when there is none
 * @param committedAt when it was made, by the clock of its owner, or null
 * @param entries how many entries the store holds; -1 when that is not known, because the commit
 *     was made before its owner had read all of the state
 * @param released true when the last owner said goodbye after its last commit
 * @param owner the newest owner, for people, or null when there never was one
 */
public record StoreHead(
    long epoch,
    long version,
    @Nullable UUID commitId,
    @Nullable Instant committedAt,
    long entries,
    boolean released,
    @Nullable String owner) {

  /** A store without history. */
  public static final StoreHead EMPTY = new StoreHead(0, 0, null, null, 0, false, null);
}
