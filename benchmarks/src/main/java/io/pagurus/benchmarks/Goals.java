package io.pagurus.benchmarks;

import io.pagurus.benchmarks.Results.Spread;
import io.pagurus.benchmarks.peers.Contestant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The figures that Pagurus is to reach beside its peers, and whether it did. */
final class Goals {
  private final Results results;
  private final String section;
  private final int entries;
  private final List<String> rows = new ArrayList<>();

  private Goals(Results results, int entries) {
    this.results = results;
    this.section = Workload.A.name();
    this.entries = entries;
  }

  /** A Markdown table; empty where nothing of it was measured. */
  static String table(Results results, int entries) {
    Goals goals = new Goals(results, entries);
    goals.check();
    return goals.rows.isEmpty()
        ? ""
        : "| figure | reach | reached | holds |\n|---|---|---|---|\n"
            + String.join("\n", goals.rows)
            + "\n";
  }

  private void check() {
    operations(Figure.GET_HOT, "get, hot 10 thousand, immutable", 1.2);
    operations(Figure.GET_UNIFORM, "get, uniform over 100 thousand, immutable", 2.5);
    atMost(Figure.GET_HOT, 1.2, Contestant.CAFFEINE);
    atMost(Figure.GET_UNIFORM, 2.5, Contestant.CAFFEINE);
    atMost(Figure.GET_UNIFORM, 0.5, Contestant.MVSTORE);
    atMost(Figure.PUT, 0.5, Contestant.ROCKSDB);
    atMost(Figure.PUT, 1.5, Contestant.ENCODED_MEMORY);
    atLeast(Figure.SYNC_1, 0.9, Contestant.LOG);
    atLeast(Figure.SYNC_8, 2, Contestant.ROCKSDB);
    ownThreads();
    atMost(Figure.LOAD, 0.75, Contestant.ROCKSDB);
    atMost(Figure.CHECKPOINT, 1, Contestant.ROCKSDB);
    atMost(Figure.CHECKPOINT, 3, Contestant.LOG);
    cut();
    limit(Contestant.PAGURUS, Figure.CLOSE, 10);
    atMost(Figure.FIRST_READ, 1, Contestant.MVSTORE);
    atMost(Figure.ALL_READABLE, 1, Contestant.MVSTORE);
    atMost(Figure.DISK, 0.5, Contestant.ROCKSDB);
    atMost(Figure.HEAP, 1, Contestant.MEMORY);
    limit(Contestant.PAGURUS_OFF_HEAP, Figure.HEAP, 40);
  }

  private void operations(Figure figure, String title, double factor) {
    String own = Operations.section(Workload.A);
    for (int size : results.sizes(own)) {
      Spread mine = results.of(own, size, Contestant.PAGURUS, figure);
      Spread theirs = results.of(own, size, Contestant.CAFFEINE, figure);
      if (mine != null && theirs != null) {
        double ratio = mine.median() / theirs.median();
        row(title + " (JMH)", "at most " + factor + " x Caffeine", ratio, ratio <= factor);
      }
    }
  }

  private void atMost(Figure figure, double factor, Contestant beside) {
    Double ratio = ratio(figure, beside);
    if (ratio != null) {
      row(figure.title, "at most " + factor + " x " + beside.title, ratio, ratio <= factor);
    }
  }

  private void atLeast(Figure figure, double factor, Contestant beside) {
    Double ratio = ratio(figure, beside);
    if (ratio != null) {
      row(figure.title, "at least " + factor + " x " + beside.title, ratio, ratio >= factor);
    }
  }

  private void ownThreads() {
    Spread one = mine(Figure.SYNC_1);
    Spread many = mine(Figure.SYNC_64);
    if (one != null && many != null) {
      double ratio = many.median() / one.median();
      row(Figure.SYNC_64.title, "at least 5 x its own with 1 thread", ratio, ratio >= 5);
    }
  }

  private void cut() {
    for (int size : results.sizes(Settings.CUT)) {
      Spread spread = results.of(Settings.CUT, size, Contestant.PAGURUS, Figure.CUT_1K_P999);
      if (spread != null) {
        rows.add(
            String.format(
                "| %s, %,d entries, p99.9 | below 1 ms | %s us | %s |",
                Figure.CUT_1K.title,
                size,
                Tables.number(Figure.CUT_1K_P999, spread.median()),
                said(spread.median() < 1000)));
      }
    }
  }

  private void limit(Contestant contestant, Figure figure, double most) {
    Spread spread = results.of(section, entries, contestant, figure);
    if (spread != null) {
      rows.add(
          String.format(
              "| %s, %s | at most %.0f %s | %s %s | %s |",
              figure.title,
              contestant.title,
              most,
              figure.unit,
              Tables.number(figure, spread.median()),
              figure.unit,
              said(spread.median() <= most)));
    }
  }

  private @Nullable Spread mine(Figure figure) {
    return results.of(section, entries, Contestant.PAGURUS, figure);
  }

  private @Nullable Double ratio(Figure figure, Contestant beside) {
    Spread mine = mine(figure);
    Spread theirs = results.of(section, entries, beside, figure);
    return mine == null || theirs == null ? null : (Double) (mine.median() / theirs.median());
  }

  private void row(String title, String reach, double ratio, boolean holds) {
    rows.add(
        "| " + title + " | " + reach + " | " + Tables.ratio(ratio) + " x | " + said(holds) + " |");
  }

  private static String said(boolean holds) {
    return holds ? "yes" : "**no**";
  }
}
