package io.pagurus.benchmarks.charts;

/** A part of a chart. */
public sealed interface Panel permits Bars, Lines {
  /** Pixels from top to bottom. */
  double height();

  /** Draws it with its upper left corner at {@code x} and {@code y}. */
  void draw(Canvas canvas, Palette palette, double x, double y, double width);
}
