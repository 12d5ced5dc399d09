package io.pagurus.benchmarks.charts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Maps positive values to pixels, each factor of ten to the same distance. */
final class LogScale {
  private final int lowest;
  private final int highest;
  private final double from;
  private final double to;

  /**
   * A scale that has room for {@code values}, from one power of ten to another.
   *
   * @param from the pixel of the least value
   * @param to the pixel of the greatest one; may be less than {@code from}
   */
  LogScale(DoubleStream values, double from, double to) {
    double[] all = values.filter(value -> value > 0).toArray();
    double least = DoubleStream.of(all).min().orElse(1);
    double most = DoubleStream.of(all).max().orElse(10);
    lowest = (int) Math.floor(Math.log10(least) + 1e-9);
    highest = Math.max(lowest + 1, (int) Math.ceil(Math.log10(most) - 1e-9));
    this.from = from;
    this.to = to;
  }

  double at(double value) {
    double share = (Math.log10(value) - lowest) / (highest - lowest);
    return from + Math.max(0, share) * (to - from);
  }

  /** The powers of ten. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    for (int power = lowest; power <= highest; power++) {
      ticks.add(Math.pow(10, power));
    }
    return ticks;
  }

  /** A value in few characters: three digits, k and M. */
  static String shortly(double value) {
    if (value >= 999_500) {
      return digits(value / 1e6) + "M";
    }
    return value >= 9_995 ? digits(value / 1e3) + "k" : digits(value);
  }

  private static String digits(double value) {
    if (value >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3;
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
