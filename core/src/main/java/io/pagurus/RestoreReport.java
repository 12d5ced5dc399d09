package io.pagurus;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a store came up.
 *
 * @param source where the state was read from, without credentials
 * @param created true when there was no state and a new store was made; false when damage was
 *     stepped over
 * @param version the commit that was restored
 * @param committedAt when that commit was made, by the clock of its process; null for a new store
 * @param age how old it was at this start; zero for a new store
 * @param entries how many entries the store held; -1 when that is not known, because the last owner
 *     ended before its own restore was complete, and so far this one
 * @param bytesRead how much was read from storage to get there, so far; 0 where entries are read
 *     when they are asked for
 * @param bytesCut bytes behind that commit that were no whole commit: the write that the end of the
 *     former process interrupted; never anything confirmed
 * @param damage what failed verification and was stepped over, see {@link DamagePolicy}; or was
 *     found behind the opening, while {@code complete} was false: then what needs it throws {@link
 *     CorruptStateException} and nothing is committed any more; or null
 * @param cleanStop true when the last owner saved everything and released the store; for one that
 *     is opened read only, false also while its owner is running
 * @param previousStop how the run before this one ended; null for a new store, and for one that is
 *     opened read only while it is owned
 * @param previousOwner who owned it before, for a person to read; null for a new store. The newest
 *     owner for one that is opened read only
 * @param epoch the epoch this process owns; that of the newest owner for a store that is opened
 *     read only
 * @param took how long opening took, waiting for the former owner included
 * @param complete false while the store serves already and parts of its state are still fetched; a
 *     read of such a part waits for it
 * @param firstReadAfter how long after the begin of opening the first read was answered; null as
 *     long as nobody has read from a state that is not complete
 * @param completeAfter how long after the begin of opening the state was complete; null before
 */
public record RestoreReport(
    String source,
    boolean created,
    long version,
    @Nullable Instant committedAt,
    Duration age,
    long entries,
    long bytesRead,
    long bytesCut,
    @Nullable DamageReport damage,
    boolean cleanStop,
    @Nullable ShutdownReport previousStop,
    @Nullable String previousOwner,
    long epoch,
    Duration took,
    boolean complete,
    @Nullable Duration firstReadAfter,
    @Nullable Duration completeAfter) {}
