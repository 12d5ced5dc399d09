package io.pagurus.internal.runtime;

import io.pagurus.DamageReport;
import io.pagurus.RestoreReport;
import io.pagurus.ShutdownReport;

/** How a store came up, as lines of the log. */
final class RestoreLines {
  private RestoreLines() {}

  /** The one line that every start logs. */
  static String restored(String store, RestoreReport report, boolean readOnly) {
    String opened =
        (report.bytesRead() == 0 ? "" : ", " + report.bytesRead() + " bytes read")
            + ", opened in "
            + report.took().toMillis()
            + (report.complete() ? " ms." : " ms, the rest is fetched while it serves.");
    String begin = "Store '" + store + "' ";
    if (report.created()) {
      return begin + "is new at " + report.source() + ": epoch " + report.epoch() + opened;
    }
    String state =
        report.source()
            + ": version "
            + report.version()
            + ", "
            + report.age().toMillis() / 1000.0
            + " s old"
            + (report.entries() < 0 ? "" : ", " + report.entries() + " entries")
            + "; ";
    if (readOnly) {
      return begin
          + "opened for reading only from "
          + state
          + (report.cleanStop() ? "released by " : "owned by ")
          + report.previousOwner()
          + ", epoch "
          + report.epoch()
          + opened;
    }
    return begin
        + "restored from "
        + state
        + "last stop "
        + (report.cleanStop() ? "clean" : "NOT clean: changes of its last moments may be missing")
        + " ("
        + report.previousOwner()
        + "); epoch "
        + report.epoch()
        + opened;
  }

  /** How the run before ended. */
  static String previousRun(String store, ShutdownReport previous) {
    return "Store '" + store + "': the previous run " + previous.describe() + ".";
  }

  /** What was found damaged. */
  static String damage(String store, DamageReport damage) {
    return "Store '"
        + store
        + "' came up in spite of damage, as its policy "
        + damage.policy()
        + " says. "
        + damage.describe();
  }

  /** What is no damage but looks like it. */
  static String cut(String store, RestoreReport report) {
    return "Store '"
        + store
        + "': left out "
        + report.bytesCut()
        + " bytes behind version "
        + report.version()
        + " that are no whole commit: the write that the end of the former process interrupted."
        + " Nothing confirmed was among them.";
  }
}
