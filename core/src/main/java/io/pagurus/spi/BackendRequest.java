package io.pagurus.spi;

import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a backend is opened with.
 *
 * @param url the URL the user gave, or null when the provider was handed over as an object
 * @param storeName the name of the store, valid
 * @param self this process as an owner
 * @param policy what to do when there is an owner
 * @param maxOwnershipWait the longest wait for the former owner, opening and acquiring together
 * @param lease how long an owner that cannot be proven dead must be silent
 * @param damagePolicy what to do when the state fails verification
 * @param readOnly true when the backend is opened for {@link StateBackend#view} only: then nothing
 *     is created or written, ownership and its waits do not matter, and what cannot be read beside
 *     an owner says so at once
 * @param clock the wall clock, for times that people read; never for safety
 */
public record BackendRequest(
    @Nullable String url,
    String storeName,
    OwnerId self,
    OwnershipPolicy policy,
    Duration maxOwnershipWait,
    Duration lease,
    DamagePolicy damagePolicy,
    boolean readOnly,
    Clock clock) {}
