package io.pagurus.lifecycle;

import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Phase;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What an application wants done in a phase.
 *
 * @param action gets the reports of the stores: empty before {@link Phase#AFTER}
 */
record UserTask(Phase phase, String name, Consumer<List<ShutdownReport>> action) {
  /** For people: {@code the drain task 'http'}. */
  String describe() {
    return "the " + phase.name().toLowerCase(Locale.ROOT) + " task '" + name + "'";
  }
}
