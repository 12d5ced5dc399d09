package io.pagurus;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a store came up.
 *
 * @param source where the state was read from, without credentials
 * @param created true when there was no state and a new store was made
 * @param version the commit that was restored
 * @param committedAt when that commit was made, by the clock of its process; null for a new store
 * @param age how old it was at this start; zero for a new store
 * @param entries how many entries the store held
 * @param cleanStop true when the last owner saved everything and released the store
 * @param previousOwner who owned it before, for a person to read; null for a new store
 * @param epoch the epoch this process owns
 * @param took how long opening took, waiting for the former owner included
 */
public record RestoreReport(
    String source,
    boolean created,
    long version,
    @Nullable Instant committedAt,
    Duration age,
    long entries,
    boolean cleanStop,
    @Nullable String previousOwner,
    long epoch,
    Duration took) {}
