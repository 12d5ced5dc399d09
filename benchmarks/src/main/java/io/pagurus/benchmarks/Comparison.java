package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Pagurus beside who does the same job today, in one run: the same workload and the same options of
 * the process for each, every part in a fork of its own, the forks in turns, several rounds. Writes
 * a page of tables, charts, and the values themselves. What its arguments are: see the README of
 * this module.
 */
public final class Comparison {
  /** Whose growth is looked at: all of them at ten million entries would take a day. */
  static final Set<Contestant> GROWING =
      EnumSet.of(Contestant.PAGURUS, Contestant.ROCKSDB, Contestant.MVSTORE, Contestant.KRYO_FILE);

  /** Who takes seconds for little: in the quick mode they show with one workload that they run. */
  private static final Set<Contestant> SLOW =
      EnumSet.of(
          Contestant.PAGURUS_OFF_HEAP,
          Contestant.PAGURUS_ON_H2,
          Contestant.H2,
          Contestant.MAPDB,
          Contestant.CHRONICLE,
          Contestant.ECLIPSESTORE,
          Contestant.EHCACHE,
          Contestant.INFINISPAN);

  private static final Set<Scenario> GROWTH =
      EnumSet.of(Scenario.LOAD, Scenario.REOPEN, Scenario.CHANGE, Scenario.FINAL_SAVE);

  private final Settings settings;
  private final Results results = new Results();
  private final Path values;

  private Comparison(Settings settings) {
    this.settings = settings;
    this.values = settings.out().resolve("values.csv");
  }

  public static void main(String[] arguments) throws Exception {
    Settings settings = Settings.parse(arguments);
    Files.createDirectories(settings.stores());
    Files.createDirectories(settings.out());
    Comparison comparison = new Comparison(settings);
    comparison.run();
    new Page(settings, comparison.results).write();
    System.out.println("Written to " + settings.out());
    if (!comparison.results.failures().isEmpty()) {
      System.out.println("FAILED:\n" + String.join("\n", comparison.results.failures()));
      System.exit(1);
    }
  }

  private void run() throws Exception {
    if (settings.keep() && Files.exists(values)) {
      results.read(values);
    }
    for (int round = 1; round <= settings.rounds(); round++) {
      for (Workload workload : Workload.values()) {
        if (settings.parts().contains(workload.name())) {
          compare(round, workload);
        }
      }
      if (settings.parts().contains(Settings.GROWTH)) {
        grow(round);
      }
      if (settings.parts().contains(Settings.CUT)) {
        cut();
      }
      if (settings.parts().contains(Settings.OPERATIONS)) {
        Operations.run(settings, results);
      }
      results.write(values);
    }
  }

  private void compare(int round, Workload workload) throws Exception {
    Set<Scenario> scenarios = EnumSet.of(Scenario.LOAD, Scenario.REOPEN, Scenario.CHANGE);
    if (workload == Workload.A && !settings.quick()) {
      scenarios.add(Scenario.LEAVE_TAIL);
    }
    for (Contestant contestant : inTurn(round, settings.contestants())) {
      boolean skipped = settings.quick() && workload != Workload.A && SLOW.contains(contestant);
      if (!skipped && contestant.takesPart(workload == Workload.A)) {
        run(round, workload, contestant, settings.entriesOf(workload), scenarios);
      }
    }
  }

  private void grow(int round) throws Exception {
    boolean compared = settings.parts().contains(Workload.A.name());
    for (int size : settings.sizes()) {
      // At this size, the comparison has measured everything else.
      Set<Scenario> scenarios =
          compared && size == settings.entriesOf(Workload.A)
              ? EnumSet.of(Scenario.LOAD, Scenario.FINAL_SAVE)
              : GROWTH;
      for (Contestant contestant : inTurn(round, settings.contestants())) {
        if (GROWING.contains(contestant)) {
          run(round, Workload.A, contestant, size, scenarios);
        }
      }
    }
  }

  private void run(
      int round, Workload workload, Contestant contestant, int entries, Set<Scenario> scenarios)
      throws Exception {
    long begin = System.nanoTime();
    new Round(settings, workload, contestant, entries, results).run(scenarios);
    results.write(values);
    System.out.printf(
        "round %d of %d, %s, %,d entries, %s: %.0f s; load %.1f%n",
        round,
        settings.rounds(),
        workload,
        entries,
        contestant.id,
        (System.nanoTime() - begin) / 1e9,
        Machine.load());
  }

  private void cut() throws Exception {
    Path directory = Files.createTempDirectory(settings.stores(), "cut-");
    Path answer = directory.resolve("answer");
    for (int size : settings.sizes()) {
      Fork.run(
              List.of(),
              CutWorker.class.getName(),
              List.of("" + size, settings.quick() ? "100" : "3000", answer.toString()),
              answer,
              Duration.ofMinutes(settings.limitMinutes()))
          .figures()
          .forEach(
              (figure, value) ->
                  results.add(Settings.CUT, size, Contestant.PAGURUS, figure, value));
    }
    Disk.delete(directory);
  }

  /** In every other round the other way round: what drifts does not always hit the same. */
  private static List<Contestant> inTurn(int round, List<Contestant> contestants) {
    List<Contestant> order = new ArrayList<>(contestants);
    if (round % 2 == 0) {
      Collections.reverse(order);
    }
    return order;
  }
}
