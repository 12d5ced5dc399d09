package io.pagurus.lifecycle;

import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Phase;
import io.pagurus.ShutdownReport.Trigger;
import io.pagurus.StateStore;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What a stop says. Thread-safe.
 *
 * <p>Within a shutdown hook of the JVM the hooks of logging frameworks run at the same time, and
 * java.util.logging and Log4j 2 then lose most lines. So there the lines go to standard error
 * <em>instead</em> of the log. Everywhere else (signals, close, a framework that owns the
 * lifecycle) logging still works and gets them.
 */
final class StopLines {
  private final Logger log;
  private final PrintStream stderr;
  private final boolean loggingMayBeClosed;

  StopLines(PrintStream stderr, Trigger trigger) {
    this(LoggerFactory.getLogger(StateStore.class), stderr, trigger);
  }

  StopLines(Logger log, PrintStream stderr, Trigger trigger) {
    this.log = log;
    this.stderr = stderr;
    this.loggingMayBeClosed = trigger == Trigger.JVM_END;
  }

  void begin(int stores, Trigger trigger, GracePeriod grace, Duration budget) {
    say(
        Level.INFO,
        "Stopping "
            + stores
            + " store(s): "
            + trigger.describe()
            + ". They have "
            + budget.toMillis()
            + " ms"
            + (grace.source().isEmpty()
                ? "."
                : " of a grace period of "
                    + grace.total().toMillis()
                    + " ms, which is from "
                    + grace.source()
                    + (stores > 1 ? " and the smallest of them." : ".")));
  }

  void again(Trigger trigger) {
    say(
        Level.INFO,
        trigger == Trigger.SIGINT
            ? "SIGINT again: what is left of the drain phase is skipped, the save begins."
            : trigger.describe() + " again: the stop is under way and goes on.");
  }

  void end(ShutdownReport report) {
    String store = "Store '" + report.store() + "' ";
    String others = report.leftOut().isEmpty() ? "" : String.join("; ", report.leftOut());
    if (report.saved()) {
      boolean good = report.released() && others.isEmpty();
      say(
          good ? Level.INFO : Level.WARN,
          store
              + "saved"
              + (report.released() ? " and released in " : ", but NOT released, in ")
              + took(report)
              + " ms ("
              + report.bytesSaved()
              + " bytes were still pending)"
              + (others.isEmpty() ? "." : ", but " + others + "."));
    } else {
      say(
          Level.ERROR,
          store
              + "was NOT saved: "
              + report.bytesSaved()
              + " bytes of changes are lost; "
              + others
              + ". What flush() or whenDurable() had confirmed is safe.");
    }
  }

  void leftOut(List<String> tasks) {
    tasks.forEach(task -> say(Level.WARN, "At the end of the stop " + task + "."));
  }

  private static long took(ShutdownReport report) {
    return report.phases().entrySet().stream()
        .filter(phase -> phase.getKey().compareTo(Phase.QUIESCE) >= 0)
        .mapToLong(phase -> phase.getValue().toMillis())
        .sum();
  }

  private void say(Level level, String line) {
    if (loggingMayBeClosed) {
      stderr.println("[pagurus] " + level + " " + line);
    } else {
      log.atLevel(level).log("{}", line);
    }
  }
}
