package io.pagurus;

/** What opening a store does with what the doctor finds. */
public enum DoctorMode {
  /** The doctor does not look. {@link StoreStatus#findings} shows what is measured later only. */
  OFF,
  /** Each finding is logged as a warning, and the store opens. */
  WARN,
  /**
   * Opening fails with {@link UnfitSurroundingsException} before anything is owned and any state is
   * changed.
   */
  STRICT
}
