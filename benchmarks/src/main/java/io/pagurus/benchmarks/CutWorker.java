package io.pagurus.benchmarks;

import io.pagurus.internal.engine.CutProbe;
import java.nio.file.Path;
import java.util.Map;

/** The main class of the forks that measure cuts; arguments: entries, cuts, answer. */
final class CutWorker {
  private static final Map<Integer, Figure> FIGURES =
      Map.of(
          100, Figure.CUT_100,
          1_000, Figure.CUT_1K,
          10_000, Figure.CUT_10K,
          100_000, Figure.CUT_100K);

  private CutWorker() {}

  public static void main(String[] arguments) throws Exception {
    int entries = Integer.parseInt(arguments[0]);
    int cuts = Integer.parseInt(arguments[1]);
    Answer answer = new Answer();
    try (CutProbe probe = new CutProbe(entries)) {
      probe.micros(1_000, cuts / 2); // warm up
      for (Map.Entry<Integer, Figure> one : FIGURES.entrySet()) {
        int dirty = one.getKey();
        if (dirty <= entries) {
          double[] micros =
              probe.micros(dirty, Math.max(20, Math.min(cuts, (int) (cuts * 1_000L / dirty))));
          answer.put(one.getValue(), micros[micros.length / 2]);
          if (dirty == 1_000) {
            answer.put(Figure.CUT_1K_P999, micros[(int) Math.ceil(micros.length * 0.999) - 1]);
          }
        }
      }
    }
    answer.write(Path.of(arguments[2]));
  }
}
