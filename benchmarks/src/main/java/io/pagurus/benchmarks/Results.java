package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The figures of all rounds. */
final class Results {
  /** The middle one of several, and the outermost. */
  record Spread(double median, double least, double most) {}

  private final Map<Contestant, Map<Figure, List<Double>>> all = new EnumMap<>(Contestant.class);

  void add(Contestant contestant, Map<Figure, Double> figures) {
    Map<Figure, List<Double>> own =
        all.computeIfAbsent(contestant, one -> new EnumMap<>(Figure.class));
    figures.forEach(
        (figure, value) -> own.computeIfAbsent(figure, one -> new ArrayList<>()).add(value));
  }

  List<Contestant> contestants() {
    return List.copyOf(all.keySet());
  }

  /** Null where it was not measured. */
  @Nullable Spread of(Contestant contestant, Figure figure) {
    Map<Figure, List<Double>> own = all.get(contestant);
    List<Double> values = own == null ? null : own.get(figure);
    return values == null
        ? null
        : new Spread(Timing.median(values), Collections.min(values), Collections.max(values));
  }
}
