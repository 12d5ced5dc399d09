package io.pagurus.internal.engine;

import io.pagurus.CheckpointRetention;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What the engine is run with; meaning, units and defaults are documented at {@link
 * io.pagurus.StateStoreBuilder}. Immutable.
 *
 * @param finalSaveShare how much of the time that a stop has the final save should take at most
 */
public record EngineSettings(
    String storeName,
    boolean readOnly,
    Duration commitInterval,
    Duration maxCommitInterval,
    Duration finalSaveShare,
    Duration captureInterval,
    Duration captureBudget,
    Duration maxWriteWait,
    Duration maxReadWait,
    Duration maxFlushWait,
    long maxPendingBytes,
    long maxBlockBytes,
    long cacheBytes,
    CheckpointRetention retention,
    Clock clock,
    Supplier<UUID> ids) {}
