package io.pagurus;

/** What a store can do right now. */
public enum StoreState {
  /** Everything works. */
  OPEN,
  /** Opened for looking only, see {@link StateStoreBuilder#readOnly}: reads work, writes throw. */
  READ_ONLY,
  /**
   * Storage does not answer: writes are taken until the pending buffer is full, commits retried.
   */
  UNAVAILABLE,
  /** The backend refused a commit for its content: nothing more is committed, reads still work. */
  FAILED,
  /** Another process owns the store: nothing this process writes is confirmed any more. */
  FENCED,
  /** Closed. */
  CLOSED
}
