package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All values that were measured, and what failed. They live in a file of lines with commas. */
final class Results {
  /** The middle one of several, and the outermost. */
  record Spread(double median, double least, double most) {}

  /** What was measured: which section of the report, at which size, of whom. */
  private record Subject(String section, int entries, Contestant contestant, Figure figure) {}

  private static final String FAILED = "FAILED";

  private final Map<Subject, List<Double>> values = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  void add(String section, int entries, Contestant contestant, Figure figure, double value) {
    values
        .computeIfAbsent(
            new Subject(section, entries, contestant, figure), subject -> new ArrayList<>())
        .add(value);
    lines.add(section + "," + entries + "," + contestant.id + "," + figure + "," + value);
  }

  void addFailure(String section, int entries, Contestant contestant, String failure) {
    failures.add(
        String.format("%s with %,d entries, %s: %s", section, entries, contestant.title, failure));
    lines.add(section + "," + entries + "," + contestant.id + "," + FAILED + "," + failure);
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Null where it was not measured. */
  @Nullable Spread of(String section, int entries, Contestant contestant, Figure figure) {
    List<Double> all = values.get(new Subject(section, entries, contestant, figure));
    return all == null ? null : new Spread(median(all), Collections.min(all), Collections.max(all));
  }

  /** The sizes at which {@code section} was measured. */
  List<Integer> sizes(String section) {
    return values.keySet().stream()
        .filter(subject -> subject.section().equals(section))
        .map(Subject::entries)
        .distinct()
        .sorted()
        .toList();
  }

  /** Who was measured in {@code section} at that size. */
  List<Contestant> contestants(String section, int entries) {
    return values.keySet().stream()
        .filter(subject -> subject.section().equals(section) && subject.entries() == entries)
        .map(Subject::contestant)
        .distinct()
        .sorted()
        .toList();
  }

  void write(Path file) throws IOException {
    Files.write(file, lines);
  }

  /** Adds what a former run has written. */
  void read(Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      String[] cells = line.split(",", 5);
      Contestant contestant = Contestant.of(cells[2]);
      int entries = Integer.parseInt(cells[1]);
      if (cells[3].equals(FAILED)) {
        addFailure(cells[0], entries, contestant, cells[4]);
      } else {
        add(cells[0], entries, contestant, Figure.valueOf(cells[3]), Double.parseDouble(cells[4]));
      }
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
