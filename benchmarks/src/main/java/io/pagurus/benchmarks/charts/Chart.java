package io.pagurus.benchmarks.charts;

import io.pagurus.benchmarks.charts.Canvas.Anchor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Panels in two columns, with a legend where there are lines. */
public final class Chart {
  private static final double WIDTH = 1080;
  private static final double MARGIN = 20;
  private static final int COLUMNS = 2;

  private final String title;
  private final List<Panel> panels = new ArrayList<>();

  /** An empty one. */
  public Chart(String title) {
    this.title = title;
  }

  /** Adds a panel to the right of the last one, or below. */
  public void add(Panel panel) {
    panels.add(panel);
  }

  /** Says whether there is nothing to draw. */
  public boolean isEmpty() {
    return panels.isEmpty();
  }

  /** The chart as SVG. */
  public String toSvg() {
    Set<String> labels = new LinkedHashSet<>();
    for (Panel panel : panels) {
      if (panel instanceof Lines lines) {
        lines.lines().forEach(line -> labels.add(line.label()));
      }
    }
    double top = labels.isEmpty() ? 54 : 82;
    double height = top;
    for (int row = 0; row < panels.size(); row += COLUMNS) {
      height += heightOf(row);
    }
    Canvas canvas = new Canvas(WIDTH, height + MARGIN);
    canvas.text(MARGIN, 32, Anchor.START, 18, true, title);
    Palette palette = new Palette();
    double x = MARGIN;
    for (String label : labels) {
      canvas.rectangle(x, 50, 18, 5, palette.of(label));
      canvas.text(x + 24, 58, Anchor.START, 12, Palette.isOurs(label), label);
      x += 44 + label.length() * 7;
    }
    double column = (WIDTH - (COLUMNS + 1) * MARGIN) / COLUMNS;
    double y = top;
    for (int row = 0; row < panels.size(); row += COLUMNS) {
      for (int k = row; k < Math.min(panels.size(), row + COLUMNS); k++) {
        panels.get(k).draw(canvas, palette, MARGIN + (k - row) * (column + MARGIN), y, column);
      }
      y += heightOf(row);
    }
    return canvas.toString();
  }

  private double heightOf(int row) {
    return panels.subList(row, Math.min(panels.size(), row + COLUMNS)).stream()
            .mapToDouble(Panel::height)
            .max()
            .orElse(0)
        + 12;
  }
}
