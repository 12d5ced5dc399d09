package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Pagurus on files beside who does the same job today: one run, each in forks of its own with the
 * same options, in turns, several rounds. A wrong entry anywhere fails the run.
 *
 * <p>Arguments, all of the form {@code name=value}:
 *
 * <ul>
 *   <li>{@code url}: where Pagurus keeps the store, {@code {dir}} stands for an empty directory;
 *       default {@code file:{dir}}
 *   <li>{@code entries} (1 million), {@code rounds} (3), {@code seconds} of a timed phase (4)
 *   <li>{@code peers}: a list with commas; default all
 *   <li>{@code cold=true}: also reopens with an empty page cache; needs root
 *   <li>{@code quick=true}: 20 thousand entries, 1 round, 0.3 s; says nothing, shows that it runs
 *   <li>{@code dir}: where the stores are made, a real disk; default {@code benchmarks/target}
 *   <li>{@code out}: the report; default {@code docs/benchmarks/file-figures.md}
 * </ul>
 */
public final class FileFigures {
  private static final Set<String> KNOWN =
      new TreeSet<>(
          Set.of("url", "entries", "rounds", "seconds", "peers", "cold", "quick", "dir", "out"));

  private FileFigures() {}

  public static void main(String[] given) throws Exception {
    Arguments arguments = new Arguments(given, KNOWN);
    boolean quick = arguments.flag("quick");
    int rounds = arguments.number("rounds", quick ? 1 : 3);
    Round round =
        new Round(
            arguments.number("entries", quick ? 20_000 : 1_000_000),
            arguments.decimal("seconds", quick ? 0.3 : 4),
            arguments.text("url", "file:{dir}"),
            arguments.flag("cold"));
    List<Contestant> contestants = contestants(arguments.text("peers", ""));
    Path out = Path.of(arguments.text("out", "docs/benchmarks/file-figures.md"));
    Path root = Files.createDirectories(Path.of(arguments.text("dir", "benchmarks/target")));
    Results results = measure(round, rounds, contestants, root.toAbsolutePath());
    String report = page(round, rounds, contestants, root, results);
    if (out.getParent() != null) {
      Files.createDirectories(out.getParent());
    }
    Files.writeString(out, report);
    System.out.printf("%n%s%nwritten to %s%n", report, out);
  }

  private static Results measure(Round round, int rounds, List<Contestant> contestants, Path root)
      throws Exception {
    Results results = new Results();
    for (int turn = 1; turn <= rounds; turn++) {
      List<Contestant> order = new ArrayList<>(contestants);
      if (turn % 2 == 0) { // what drifts does not always hit the same
        Collections.reverse(order);
      }
      for (Contestant contestant : order) {
        long begin = System.nanoTime();
        Map<Figure, Double> figures = round.run(contestant, root, EnumSet.allOf(Scenario.class));
        results.add(contestant, figures);
        System.out.printf(
            "round %d of %d, %s: %.0f s, %s%n",
            turn, rounds, contestant.id, (System.nanoTime() - begin) / 1e9, line(figures));
      }
    }
    return results;
  }

  private static String line(Map<Figure, Double> figures) {
    return figures.entrySet().stream()
        .map(
            one ->
                String.format(
                    "%s %." + one.getKey().decimals + "f %s",
                    one.getKey(),
                    one.getValue(),
                    one.getKey().unit))
        .collect(Collectors.joining(", "));
  }

  private static List<Contestant> contestants(String ids) {
    return ids.isEmpty()
        ? List.of(Contestant.values())
        : Arrays.stream(ids.split(",", -1)).map(Contestant::of).toList();
  }

  private static String page(
      Round round, int rounds, List<Contestant> contestants, Path root, Results results)
      throws Exception {
    String settings =
        contestants.stream()
            .map(one -> "- " + one.title + ": " + one.settings)
            .collect(Collectors.joining("\n"));
    return """
        # Figures of the file backend

        ```
        mvn -q compile exec:exec -pl benchmarks -am -Dbenchmarks.main=io.pagurus.benchmarks.FileFigures
        ```

        %,d entries, 16-byte keys, a record of six fields of about 200 bytes. %d round(s), each peer in forks of
        its own with `%s`, in turns. Cells are medians, in brackets the least and the most; **bold: how many times
        better Pagurus is**, below 1 it is worse. Machines are noisy: ratios count. Every entry was verified after
        each reopening, a sample of them after each phase.

        Measured on %s. Pagurus at `%s`; %s.

        %s
        - ASYNC put is what a put costs its caller; what it may lose differs from peer to peer. The row below it
          adds the time until all of them were durable.
        - SYNC puts, the load and the checkpoint are durable for all: forced to the disk.
        - The kill -9 comes after a tenth of the entries was changed since the last close.
        - Heap does not count memory outside of the heap (RocksDB's caches are there).

        Settings:

        %s
        """
        .formatted(
            round.entries(),
            rounds,
            String.join(" ", Fork.JVM),
            Machine.describe(root),
            round.url(),
            Machine.versions(),
            Report.table(results),
            settings);
  }
}
