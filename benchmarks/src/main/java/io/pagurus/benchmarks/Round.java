package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** One contestant with one workload in an empty directory: all scenarios, one fork each. */
final class Round {
  private static final Map<Figure, Figure> KILLED =
      Map.of(
          Figure.FIRST_READ, Figure.FIRST_READ_KILLED,
          Figure.ALL_READABLE, Figure.ALL_READABLE_KILLED);
  private static final Map<Figure, Figure> COLD =
      Map.of(
          Figure.FIRST_READ, Figure.FIRST_READ_COLD,
          Figure.ALL_READABLE, Figure.ALL_READABLE_COLD);

  private final Settings settings;
  private final Workload workload;
  private final Contestant contestant;
  private final int entries;
  private final Results results;

  Round(Settings settings, Workload workload, Contestant contestant, int entries, Results results) {
    this.settings = settings;
    this.workload = workload;
    this.contestant = contestant;
    this.entries = entries;
    this.results = results;
  }

  /**
   * Runs {@code scenarios}, as far as they suit the contestant. {@link Scenario#LOAD} is always
   * among them: the others need what it leaves. What fails is noted, and ends this round.
   */
  void run(Set<Scenario> scenarios) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory(settings.stores(), contestant.id + "-");
    Path store = Files.createDirectory(directory.resolve("store"));
    for (Scenario scenario : Scenario.values()) {
      if (scenarios.contains(scenario) && scenario.suits(contestant)) {
        try {
          run(scenario, directory);
          if (scenario == Scenario.LOAD && Scenario.REOPEN.suits(contestant)) {
            add(Figure.DISK, Disk.bytes(store) / 1e6);
          }
        } catch (ForkException e) {
          String failure = scenario + " " + e.getMessage() + e.said();
          results.addFailure(workload.name(), entries, contestant, failure);
          System.out.println("FAILED: " + failure + ", see " + directory);
          return; // the directory stays, for a look
        }
      }
    }
    Disk.delete(directory);
  }

  private void run(Scenario scenario, Path directory) throws IOException, InterruptedException {
    Disk.settle();
    Duration limit = Duration.ofMinutes(settings.limitMinutes());
    if (scenario == Scenario.LEAVE_TAIL) {
      Fork.runAndKill(task(scenario, directory), limit);
      add(Fork.run(task(Scenario.REOPEN, directory), limit), KILLED);
      return;
    }
    Answer answer = Fork.run(task(scenario, directory), limit);
    answer.figures().forEach(this::add);
    if (scenario == Scenario.REOPEN && settings.cold()) {
      Disk.dropCaches();
      add(Fork.run(task(Scenario.REOPEN, directory), limit), COLD);
    }
  }

  private Task task(Scenario scenario, Path directory) {
    return new Task(
        scenario,
        workload,
        contestant,
        directory.resolve("store"),
        entries,
        settings.seconds(),
        directory.resolve("truth"),
        directory.resolve("answer"));
  }

  private void add(Answer answer, Map<Figure, Figure> names) {
    answer.figures().forEach((figure, value) -> add(names.getOrDefault(figure, figure), value));
  }

  private void add(Figure figure, double value) {
    results.add(workload.name(), entries, contestant, figure, value);
  }
}
