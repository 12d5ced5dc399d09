package io.pagurus.examples.survivor;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The figures at the end, one column for each kind of stop. */
final class ReportTable {
  private final Map<StopKind, Tally> tallies;
  private final StringBuilder text = new StringBuilder();

  private ReportTable(Map<StopKind, Tally> tallies) {
    this.tallies = tallies;
  }

  static String of(Map<StopKind, Tally> tallies) {
    return new ReportTable(tallies).render();
  }

  private String render() {
    text.append(String.format("%n%-42s", ""));
    tallies.keySet().forEach(kind -> text.append("%19s".formatted(kind)));
    text.append("   promised\n").append("-".repeat(42 + 19 * tallies.size() + 24)).append('\n');
    row("stops", t -> count(t.stops), "");
    row("requests", t -> count(t.requests), "");
    row("  acknowledged, confirmed durable", t -> count(t.confirmed), "");
    row("  acknowledged, async", t -> count(t.async), "");
    row("  not answered, asked again", t -> count(t.unanswered), "");
    row("confirmed durable, but LOST", t -> count(t.confirmedLost), "0");
    row("async, LOST", t -> count(t.asyncLost), "0 at SIGTERM");
    row("  age of the oldest lost, worst stop", t -> millis(t.maxLossMicros), "below the stated");
    row("  stated loss window, largest", t -> millis(t.maxStatedMicros), "");
    row("APPLIED TWICE", t -> count(t.appliedTwice), "0");
    row("INVARIANT BROKEN", t -> count(t.invariantsBroken), "0");
    row("signal to end of process, median / max", t -> spread(t.stopMicros), "below 10 s");
    row("JVM start to first read, median / max", t -> spread(t.firstReadMicros), "");
    return text.toString();
  }

  private void row(String name, Function<Tally, String> cell, String promised) {
    text.append("%-42s".formatted(name));
    tallies.values().forEach(tally -> text.append("%19s".formatted(cell.apply(tally))));
    text.append(promised.isEmpty() ? "" : "   " + promised).append('\n');
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private static String millis(long micros) {
    return String.format(Locale.ROOT, "%.1f ms", micros / 1000.0);
  }

  private static String spread(List<Long> micros) {
    if (micros.isEmpty()) {
      return "-";
    }
    List<Long> sorted = micros.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%,d / %,d ms",
        sorted.get(sorted.size() / 2) / 1000,
        sorted.get(sorted.size() - 1) / 1000);
  }
}
