package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import io.pagurus.benchmarks.peers.Shape;
import io.pagurus.benchmarks.peers.Site;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What one fork does.
 *
 * @param scenario which part of the workload
 * @param workload with what
 * @param contestant with whom
 * @param directory where the store is, already there
 * @param entries how many entries the store holds
 * @param seconds how long each timed phase lasts
 * @param truth the file that says what every entry must hold, see {@link Truth}
 * @param answer the file that the figures are written to
 */
record Task(
    Scenario scenario,
    Workload workload,
    Contestant contestant,
    Path directory,
    int entries,
    double seconds,
    Path truth,
    Path answer) {
  private static final Set<String> KNOWN =
      Set.of(
          "scenario",
          "workload",
          "contestant",
          "directory",
          "entries",
          "seconds",
          "truth",
          "answer");

  static Task parse(String[] given) {
    Arguments arguments = new Arguments(given, KNOWN);
    return new Task(
        Scenario.valueOf(arguments.text("scenario", "")),
        Workload.of(arguments.text("workload", "")),
        Contestant.of(arguments.text("contestant", "")),
        Path.of(arguments.text("directory", "")),
        arguments.number("entries", 0),
        arguments.decimal("seconds", 0),
        Path.of(arguments.text("truth", "")),
        Path.of(arguments.text("answer", "")));
  }

  List<String> arguments() {
    return List.of(
        "scenario=" + scenario,
        "workload=" + workload,
        "contestant=" + contestant.id,
        "directory=" + directory,
        "entries=" + entries,
        "seconds=" + seconds,
        "truth=" + truth,
        "answer=" + answer);
  }

  <V> Site<V> site(Shape<V> shape) {
    return new Site<>(directory, shape, entries, false);
  }
}
