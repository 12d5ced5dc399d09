package io.pagurus.spi;

import java.util.Set;

/**
 * Opens backends. Found by URL scheme through {@link java.util.ServiceLoader}, or handed to {@code
 * StateStoreBuilder.backend}. Thread-safe.
 */
public interface BackendProvider {
  /** The URL schemes it answers to, the part before the first colon: {@code jdbc}. */
  Set<String> schemes();

  /**
   * Connects to the storage. It creates what is missing and reads what is there, but owns nothing
   * yet and disturbs no owner. With {@link BackendRequest#readOnly} it creates nothing either.
   *
   * @throws IllegalArgumentException for a url it cannot read, or a {@link
   *     BackendRequest#damagePolicy} it does not have; says what is expected
   * @throws io.pagurus.StoreUnavailableException when the storage cannot be reached or written, or
   *     holds nothing that could be read
   * @throws io.pagurus.StoreInUseException when the storage can be opened by one process only, and
   *     another one has it, for longer than {@link BackendRequest#maxOwnershipWait} (at once under
   *     {@code FAIL}, and when it is for reading only)
   * @throws io.pagurus.IncompatibleStateException when a newer version wrote it
   */
  StateBackend open(BackendRequest request);
}
