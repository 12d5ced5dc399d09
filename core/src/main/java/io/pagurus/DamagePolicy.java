package io.pagurus;

/** What opening a store does when its state fails verification. */
public enum DamagePolicy {
  /**
   * Throw {@link CorruptStateException} with the report, and change nothing. A crash costs nothing:
   * a write that the crash interrupted is no damage.
   */
  FAIL,

  /**
   * Go back to the newest commit, or else checkpoint, that verifies completely. Costs the commits
   * after it; the report names them, and what they consist of is put aside, not removed.
   */
  LAST_GOOD,

  /**
   * Start without any state when it fails verification. Costs everything; what was there is put
   * aside, not removed.
   */
  EMPTY
}
