package io.pagurus;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A commit that is retained and can be restored to.
 *
 * @param id what {@link StateStore#restore} takes; unique within the store, never reused
 * @param label the caller's name for it, or null; labelled checkpoints stay until they are dropped
 * @param version the number of the commit whose state it is; a later checkpoint never has a smaller
 *     one
 * @param createdAt when it was made, by the clock of the process that made it
 */
public record Checkpoint(String id, @Nullable String label, long version, Instant createdAt) {}
