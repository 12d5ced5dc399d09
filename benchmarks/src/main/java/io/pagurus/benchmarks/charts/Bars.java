package io.pagurus.benchmarks.charts;

import io.pagurus.benchmarks.charts.Canvas.Anchor;
import java.util.List;

/**
 * One figure of several contestants: a bar for each, the best on top.
 *
 * @param title which figure
 * @param unit what the values are
 * @param bars the best first
 */
public record Bars(String title, String unit, List<Bar> bars) implements Panel {
  private static final double LABELS = 190;
  private static final double VALUES = 52;
  private static final double BAR = 17;
  private static final double HEAD = 44;

  /**
   * A bar.
   *
   * @param ours whether it is drawn in the colour of this project
   */
  public record Bar(String label, double value, boolean ours) {}

  @Override
  public double height() {
    return HEAD + bars.size() * BAR + 24;
  }

  @Override
  public void draw(Canvas canvas, Palette palette, double x, double y, double width) {
    canvas.text(x, y + 18, Anchor.START, 14, true, title + ", " + unit);
    double bottom = y + HEAD + bars.size() * BAR;
    LogScale scale =
        new LogScale(bars.stream().mapToDouble(Bar::value), x + LABELS, x + width - VALUES);
    for (double tick : scale.ticks()) {
      canvas.line(scale.at(tick), y + HEAD - 6, scale.at(tick), bottom, "#dddddd");
      canvas.text(scale.at(tick), y + HEAD - 10, Anchor.MIDDLE, 10, false, LogScale.shortly(tick));
    }
    double top = y + HEAD;
    for (Bar bar : bars) {
      double end = Math.max(scale.at(bar.value()), x + LABELS + 2);
      canvas.rectangle(x + LABELS, top + 2, end - x - LABELS, BAR - 4, colour(bar));
      canvas.text(x + LABELS - 6, top + 13, Anchor.END, 11, bar.ours(), bar.label());
      canvas.text(end + 4, top + 13, Anchor.START, 11, bar.ours(), LogScale.shortly(bar.value()));
      top += BAR;
    }
  }

  /** What is no store, but the limit of what one can reach, is paler. */
  private static String colour(Bar bar) {
    return bar.ours() ? Palette.OURS : bar.label().endsWith("(limit)") ? "#cbd2d9" : "#8795a5";
  }
}
