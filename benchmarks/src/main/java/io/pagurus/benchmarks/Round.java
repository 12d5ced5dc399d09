package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * All scenarios of one contestant in an empty directory, one fork each.
 *
 * @param entries how many entries the store holds
 * @param seconds how long each timed phase lasts
 * @param url where Pagurus keeps the store; {@code {dir}} stands for the directory
 * @param cold whether to reopen with an empty page cache, too
 */
record Round(int entries, double seconds, String url, boolean cold) {

  /** Runs {@code scenarios}; {@link Scenario#LOAD} is always run where there is a disk. */
  Map<Figure, Double> run(Contestant contestant, Path root, Set<Scenario> scenarios)
      throws IOException, InterruptedException {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    Path directory = Files.createTempDirectory(root, contestant.id + "-");
    Path store = Files.createDirectory(directory.resolve("store"));
    figures.putAll(fork(Scenario.LOAD, contestant, directory));
    if (contestant.keeps) {
      figures.put(Figure.DISK, Disk.bytes(store) / 1e6);
      if (scenarios.contains(Scenario.REOPEN)) {
        figures.putAll(fork(Scenario.REOPEN, contestant, directory));
        if (cold) {
          Disk.dropCaches();
          Map<Figure, Double> reopened = fork(Scenario.REOPEN, contestant, directory);
          rename(reopened, Figure.FIRST_READ, Figure.FIRST_READ_COLD, figures);
          rename(reopened, Figure.ALL_READABLE, Figure.ALL_READABLE_COLD, figures);
        }
        Fork.runAndKill(task(Scenario.LEAVE_TAIL, contestant, directory));
        Map<Figure, Double> reopened = fork(Scenario.REOPEN, contestant, directory);
        rename(reopened, Figure.FIRST_READ, Figure.FIRST_READ_KILLED, figures);
        rename(reopened, Figure.ALL_READABLE, Figure.ALL_READABLE_KILLED, figures);
      }
    }
    if (scenarios.contains(Scenario.PUT)) {
      figures.putAll(fork(Scenario.PUT, contestant, directory));
      if (contestant.keeps) {
        fork(Scenario.REOPEN, contestant, directory); // verifies what the puts left
      }
    }
    Disk.delete(directory);
    return figures;
  }

  private Map<Figure, Double> fork(Scenario scenario, Contestant contestant, Path directory)
      throws IOException, InterruptedException {
    Disk.settle();
    return Fork.run(task(scenario, contestant, directory)).figures();
  }

  private Task task(Scenario scenario, Contestant contestant, Path directory) {
    Path store = directory.resolve("store");
    return new Task(
        scenario,
        contestant,
        store,
        url.replace("{dir}", store.toString()),
        entries,
        seconds,
        directory.resolve("truth"),
        directory.resolve("answer"));
  }

  private static void rename(
      Map<Figure, Double> from, Figure name, Figure as, Map<Figure, Double> to) {
    Double value = from.get(name);
    if (value != null) {
      to.put(as, value);
    }
  }
}
