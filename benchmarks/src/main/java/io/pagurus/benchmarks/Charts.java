package io.pagurus.benchmarks;

import io.pagurus.benchmarks.Results.Spread;
import io.pagurus.benchmarks.charts.Bars;
import io.pagurus.benchmarks.charts.Chart;
import io.pagurus.benchmarks.charts.Lines;
import io.pagurus.benchmarks.peers.Contestant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The charts of the report, out of its figures. */
final class Charts {
  private static final Set<Figure> GROWING =
      EnumSet.of(
          Figure.LOAD,
          Figure.GET_UNIFORM,
          Figure.PUT,
          Figure.CHECKPOINT,
          Figure.FIRST_READ,
          Figure.ALL_READABLE,
          Figure.DISK,
          Figure.HEAP);

  private static final Map<Integer, Figure> SAVES =
      new TreeMap<>(
          Map.of(
              100, Figure.SAVE_100,
              1_000, Figure.SAVE_1K,
              10_000, Figure.SAVE_10K,
              100_000, Figure.SAVE_100K));

  private static final Map<Integer, Figure> CUTS =
      new TreeMap<>(
          Map.of(
              100, Figure.CUT_100,
              1_000, Figure.CUT_1K,
              10_000, Figure.CUT_10K,
              100_000, Figure.CUT_100K));

  private Charts() {}

  /** All figures of one workload, a panel each. */
  static Chart bars(Results results, Workload workload, int entries) {
    Chart chart =
        new Chart(String.format("Workload %s: %,d %s", workload.name(), entries, workload.title));
    for (Figure figure : Figure.values()) {
      List<Bars.Bar> bars = new ArrayList<>();
      for (Contestant contestant : results.contestants(workload.name(), entries)) {
        Spread spread = results.of(workload.name(), entries, contestant, figure);
        if (spread != null && spread.median() > 0) {
          bars.add(
              new Bars.Bar(
                  contestant.title, spread.median(), contestant.title.startsWith("Pagurus")));
        }
      }
      if (bars.size() > 1 && figure.compareTo(Figure.SAVE_100) < 0) {
        Comparator<Bars.Bar> best = Comparator.comparingDouble(Bars.Bar::value);
        bars.sort(figure.moreIsBetter() ? best.reversed() : best);
        chart.add(new Bars(figure.title, figure.unit, bars));
      }
    }
    return chart;
  }

  /** Workload A at several sizes. */
  static Chart growth(Results results, List<Integer> sizes) {
    Chart chart = new Chart("How costs grow with the number of entries (workload A)");
    for (Figure figure : GROWING) {
      add(
          chart,
          new Lines(
              figure.title,
              figure.unit,
              "entries",
              bySize(results, Workload.A.name(), sizes, figure)));
    }
    return chart;
  }

  /** The final save, against the size of the state and of what changed. */
  static Chart saves(Results results, List<Integer> sizes) {
    Chart chart = new Chart("What a stop costs");
    String a = Workload.A.name();
    add(
        chart,
        new Lines(
            Figure.SAVE_1K.title, "ms", "entries", bySize(results, a, sizes, Figure.SAVE_1K)));
    int large = sizes.contains(1_000_000) ? 1_000_000 : sizes.get(sizes.size() - 1);
    add(
        chart,
        new Lines(
            String.format("close, with %,d entries", large),
            "ms",
            "changes since the last commit",
            byDirty(results, a, List.of(large), SAVES)));
    return chart;
  }

  /** The cut, against the size of the state and of what changed. */
  static Chart cuts(Results results) {
    Chart chart = new Chart("What a cut costs");
    List<Integer> cuts = results.sizes(Settings.CUT);
    List<Lines.Line> cut = new ArrayList<>();
    line(cut, "median", results, Settings.CUT, cuts, Contestant.PAGURUS, Figure.CUT_1K);
    line(
        cut,
        "99.9th percentile",
        results,
        Settings.CUT,
        cuts,
        Contestant.PAGURUS,
        Figure.CUT_1K_P999);
    add(chart, new Lines(Figure.CUT_1K.title, "us", "entries", cut));
    add(
        chart,
        new Lines(
            "writers wait for a cut, median",
            "us",
            "changes since the last commit",
            byDirty(results, Settings.CUT, cuts, CUTS)));
    return chart;
  }

  private static void add(Chart chart, Lines lines) {
    if (lines.lines().stream().anyMatch(line -> line.points().size() > 1)) {
      chart.add(lines);
    }
  }

  private static List<Lines.Line> bySize(
      Results results, String section, List<Integer> sizes, Figure figure) {
    List<Lines.Line> lines = new ArrayList<>();
    for (Contestant contestant : Comparison.GROWING) {
      line(lines, contestant.title, results, section, sizes, contestant, figure);
    }
    return lines;
  }

  private static void line(
      List<Lines.Line> lines,
      String label,
      Results results,
      String section,
      List<Integer> sizes,
      Contestant contestant,
      Figure figure) {
    List<double[]> points = new ArrayList<>();
    for (int size : sizes) {
      addPoint(points, size, results.of(section, size, contestant, figure));
    }
    if (!points.isEmpty()) {
      lines.add(new Lines.Line(label, points));
    }
  }

  private static List<Lines.Line> byDirty(
      Results results, String section, List<Integer> sizes, Map<Integer, Figure> figures) {
    List<Lines.Line> lines = new ArrayList<>();
    for (Contestant contestant : Comparison.GROWING) {
      for (int size : sizes) {
        List<double[]> points = new ArrayList<>();
        figures.forEach(
            (dirty, figure) ->
                addPoint(points, dirty, results.of(section, size, contestant, figure)));
        if (!points.isEmpty()) {
          lines.add(
              new Lines.Line(
                  sizes.size() == 1 ? contestant.title : String.format("%,d entries", size),
                  points));
        }
      }
    }
    return lines;
  }

  private static void addPoint(List<double[]> points, double at, @Nullable Spread spread) {
    if (spread != null && spread.median() > 0) {
      points.add(new double[] {at, spread.median()});
    }
  }
}
