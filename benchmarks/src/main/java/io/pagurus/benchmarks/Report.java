package io.pagurus.benchmarks;

import io.pagurus.benchmarks.Results.Spread;
import io.pagurus.benchmarks.peers.Contestant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as a Markdown table: a row for each figure, a column for each contestant. */
final class Report {
  private Report() {}

  /** Cells hold the median, the outermost values, and how many times better Pagurus is. */
  static String table(Results results) {
    List<Contestant> contestants = results.contestants();
    StringBuilder out = new StringBuilder("| figure |");
    contestants.forEach(one -> out.append(' ').append(one.title).append(" |"));
    out.append("\n|---|").append("---|".repeat(contestants.size())).append('\n');
    for (Figure figure : Figure.values()) {
      if (contestants.stream().anyMatch(one -> results.of(one, figure) != null)) {
        row(out, figure, results);
      }
    }
    return out.toString();
  }

  private static void row(StringBuilder out, Figure figure, Results results) {
    Spread mine = results.of(Contestant.PAGURUS, figure);
    out.append("| ").append(figure.title).append(", ").append(figure.unit).append(" |");
    for (Contestant contestant : results.contestants()) {
      Spread spread = results.of(contestant, figure);
      out.append(' ')
          .append(
              contestant == Contestant.PAGURUS
                  ? cell(figure, spread, null)
                  : cell(figure, spread, mine))
          .append(" |");
    }
    out.append('\n');
  }

  private static String cell(Figure figure, @Nullable Spread spread, @Nullable Spread mine) {
    if (spread == null) {
      return "";
    }
    String cell =
        number(figure, spread.median())
            + (spread.least() == spread.most()
                ? ""
                : " ("
                    + number(figure, spread.least())
                    + " to "
                    + number(figure, spread.most())
                    + ")");
    return mine == null || mine.median() == 0 || spread.median() == 0
        ? cell
        : cell + " **" + ratio(figure.better(mine.median(), spread.median())) + "**";
  }

  private static String number(Figure figure, double value) {
    return String.format(Locale.ROOT, "%,." + figure.decimals + "f", value);
  }

  private static String ratio(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%,.0f", ratio);
  }
}
