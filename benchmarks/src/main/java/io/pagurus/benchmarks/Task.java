package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one fork does.
 *
 * @param scenario which part of the workload
 * @param contestant with whom
 * @param directory where the store is, already there
 * @param url where Pagurus keeps it
 * @param entries how many entries the store holds
 * @param seconds how long each timed phase lasts
 * @param truth the file that says what every entry must hold, see {@link Truth}
 * @param answer the file that the figures are written to
 */
record Task(
    Scenario scenario,
    Contestant contestant,
    Path directory,
    String url,
    int entries,
    double seconds,
    Path truth,
    Path answer) {

  static Task parse(String[] arguments) {
    Map<String, String> given = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      given.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return new Task(
        Scenario.valueOf(given.getOrDefault("scenario", "")),
        Contestant.of(given.getOrDefault("contestant", "")),
        Path.of(given.getOrDefault("directory", "")),
        given.getOrDefault("url", ""),
        Integer.parseInt(given.getOrDefault("entries", "")),
        Double.parseDouble(given.getOrDefault("seconds", "")),
        Path.of(given.getOrDefault("truth", "")),
        Path.of(given.getOrDefault("answer", "")));
  }

  List<String> arguments() {
    return List.of(
        "scenario=" + scenario,
        "contestant=" + contestant.id,
        "directory=" + directory,
        "url=" + url,
        "entries=" + entries,
        "seconds=" + seconds,
        "truth=" + truth,
        "answer=" + answer);
  }
}
