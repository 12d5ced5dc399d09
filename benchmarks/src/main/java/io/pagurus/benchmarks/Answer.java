package io.pagurus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The figures of one fork, handed to its parent in a file. */
final class Answer {
  private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);

  void put(Figure figure, double value) {
    figures.put(figure, value);
  }

  Map<Figure, Double> figures() {
    return figures;
  }

  /** Writes the file in one step: when it is there, it is whole. */
  void write(Path file) throws IOException {
    Path half = file.resolveSibling(file.getFileName() + ".half");
    List<String> lines =
        figures.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).toList();
    Files.write(half, lines);
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
  }

  static Answer read(Path file) throws IOException {
    Answer answer = new Answer();
    for (String line : Files.readAllLines(file)) {
      int equals = line.indexOf('=');
      answer.put(
          Figure.valueOf(line.substring(0, equals)),
          Double.parseDouble(line.substring(equals + 1)));
    }
    return answer;
  }
}
