package io.pagurus.benchmarks;

import io.pagurus.benchmarks.Results.Spread;
import io.pagurus.benchmarks.peers.Contestant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as Markdown tables: a row for each contestant, a column for each figure. */
final class Tables {
  private Tables() {}

  /**
   * Cells hold the median, below it the outermost values and how many times better Pagurus is; a
   * dash where there is nothing to measure.
   */
  static String of(Results results, String section, int entries, Collection<Figure> wanted) {
    List<Contestant> contestants = results.contestants(section, entries);
    List<Figure> figures =
        wanted.stream()
            .filter(
                figure ->
                    contestants.stream()
                        .anyMatch(one -> results.of(section, entries, one, figure) != null))
            .toList();
    if (figures.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder("| |");
    figures.forEach(
        one -> out.append(' ').append(one.title).append(", ").append(one.unit).append(" |"));
    out.append("\n|---|").append("---:|".repeat(figures.size())).append('\n');
    for (Contestant contestant : contestants) {
      out.append("| ").append(contestant.title).append(" |");
      for (Figure figure : figures) {
        Spread mine = results.of(section, entries, Contestant.PAGURUS, figure);
        Spread theirs = results.of(section, entries, contestant, figure);
        out.append(' ')
            .append(cell(figure, theirs, contestant == Contestant.PAGURUS ? null : mine))
            .append(" |");
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static String cell(Figure figure, @Nullable Spread spread, @Nullable Spread mine) {
    if (spread == null) {
      return "-";
    }
    StringBuilder cell = new StringBuilder(number(figure, spread.median()));
    boolean compared = mine != null && mine.median() > 0 && spread.median() > 0;
    boolean several = spread.least() != spread.most();
    if (several || compared) {
      cell.append("<br><sub>");
      if (several) {
        cell.append(number(figure, spread.least()))
            .append(" to ")
            .append(number(figure, spread.most()))
            .append(compared ? "; " : "");
      }
      if (mine != null && compared) {
        cell.append("x ").append(ratio(figure.better(mine.median(), spread.median())));
      }
      cell.append("</sub>");
    }
    return cell.toString();
  }

  static String number(Figure figure, double value) {
    return String.format(Locale.ROOT, "%,." + figure.decimals + "f", value);
  }

  static String ratio(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%,.0f", ratio);
  }
}
