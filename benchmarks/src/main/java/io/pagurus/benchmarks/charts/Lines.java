package io.pagurus.benchmarks.charts;

import io.pagurus.benchmarks.charts.Canvas.Anchor;
import java.util.List;

/**
 * How one figure grows, for several contestants.
 *
 * @param title which figure
 * @param unit what the values are
 * @param axis what grows to the right
 */
public record Lines(String title, String unit, String axis, List<Line> lines) implements Panel {
  private static final double LEFT = 48;
  private static final double HEAD = 34;
  private static final double PLOT = 190;

  /**
   * A line.
   *
   * @param points what has grown, and the value there
   */
  public record Line(String label, List<double[]> points) {}

  @Override
  public double height() {
    return HEAD + PLOT + 48;
  }

  @Override
  public void draw(Canvas canvas, Palette palette, double x, double y, double width) {
    canvas.text(x, y + 18, Anchor.START, 14, true, title + ", " + unit);
    double bottom = y + HEAD + PLOT;
    LogScale across =
        new LogScale(
            lines.stream().flatMap(line -> line.points().stream()).mapToDouble(point -> point[0]),
            x + LEFT,
            x + width - 14);
    LogScale up =
        new LogScale(
            lines.stream().flatMap(line -> line.points().stream()).mapToDouble(point -> point[1]),
            bottom,
            y + HEAD);
    for (double tick : across.ticks()) {
      canvas.line(across.at(tick), y + HEAD, across.at(tick), bottom, "#e4e4e4");
      canvas.text(across.at(tick), bottom + 15, Anchor.MIDDLE, 10, false, LogScale.shortly(tick));
    }
    for (double tick : up.ticks()) {
      canvas.line(x + LEFT, up.at(tick), x + width - 14, up.at(tick), "#e4e4e4");
      canvas.text(x + LEFT - 5, up.at(tick) + 4, Anchor.END, 10, false, LogScale.shortly(tick));
    }
    canvas.text((x + LEFT + x + width - 14) / 2, bottom + 31, Anchor.MIDDLE, 11, false, axis);
    for (Line line : lines) {
      canvas.curve(
          line.points().stream()
              .map(point -> new double[] {across.at(point[0]), up.at(point[1])})
              .toList(),
          palette.of(line.label()),
          Palette.isOurs(line.label()));
    }
  }
}
