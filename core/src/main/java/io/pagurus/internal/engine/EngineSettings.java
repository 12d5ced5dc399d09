package io.pagurus.internal.engine;

import io.pagurus.CheckpointRetention;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What the engine is run with; meaning, units and defaults are documented at {@link
 * io.pagurus.StateStoreBuilder}. Immutable.
 */
public record EngineSettings(
    String storeName,
    boolean readOnly,
    Duration commitInterval,
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
