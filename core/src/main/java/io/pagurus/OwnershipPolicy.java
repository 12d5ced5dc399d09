package io.pagurus;

/** What opening a store does when another process owns it. */
public enum OwnershipPolicy {
  /**
   * Waits: not at all after a clean stop of the owner or when the operating system proves it dead;
   * otherwise until it has shown no sign of life for one lease. Bounded by {@link
   * StateStoreBuilder#maxOwnershipWait}; after that {@link StoreInUseException}.
   */
  WAIT,

  /** Throws {@link StoreInUseException} at once when the owner is not provably gone. */
  FAIL,

  /**
   * Takes over at once. The former owner is fenced: nothing it does from now on is confirmed. Where
   * the storage cannot be shared (an embedded database), this is {@link #WAIT}.
   */
  TAKE_OVER
}
