package io.pagurus.benchmarks.charts;

import java.util.List;
import java.util.Locale;

/** SVG elements on a white ground, in pixels from the upper left corner. */
public final class Canvas {
  /** Where a text is aligned. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  private static final String FONT = "system-ui, 'Helvetica Neue', Arial, sans-serif";

  private final StringBuilder out = new StringBuilder();

  Canvas(double width, double height) {
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$.0f %2$.0f\" width=\"%1$.0f\""
                + " height=\"%2$.0f\" font-family=\"%3$s\">%n",
            width,
            height,
            FONT));
    rectangle(0, 0, width, height, "#ffffff");
  }

  void rectangle(double x, double y, double width, double height, String colour) {
    add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
        x, y, width, height, colour);
  }

  void line(double x1, double y1, double x2, double y2, String colour) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
        x1, y1, x2, y2, colour);
  }

  void curve(List<double[]> points, String colour, boolean bold) {
    StringBuilder path = new StringBuilder();
    for (double[] point : points) {
      path.append(String.format(Locale.ROOT, "%.1f,%.1f ", point[0], point[1]));
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"/>",
        path.toString().strip(), colour, bold ? "3" : "1.8");
    for (double[] point : points) {
      add(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"%s\"/>",
          point[0], point[1], bold ? "4" : "3", colour);
    }
  }

  void text(double x, double y, Anchor anchor, int size, boolean bold, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\"%s fill=\"#222222\">%s</text>",
        x,
        y,
        anchor.name().toLowerCase(Locale.ROOT),
        size,
        bold ? " font-weight=\"600\"" : "",
        text.replace("&", "&amp;").replace("<", "&lt;"));
  }

  private void add(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  @Override
  public String toString() {
    return out + "</svg>\n";
  }
}
