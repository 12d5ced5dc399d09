package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How long Pagurus takes from opening to the first read and to the last, after a close and after a
 * kill -9. Each store is loaded and reopened in forks.
 *
 * <p>Arguments, of the form {@code name=value}: {@code url} (default {@code file:{dir}}), {@code
 * entries} (1 million), {@code rounds} (3), {@code cold} (false; needs root), {@code peer} (default
 * {@code pagurus}), {@code dir} (default {@code benchmarks/target}).
 */
public final class ReopenProbe {
  private static final Set<String> KNOWN =
      new TreeSet<>(Set.of("url", "entries", "rounds", "cold", "peer", "dir"));

  private ReopenProbe() {}

  public static void main(String[] given) throws Exception {
    Arguments arguments = new Arguments(given, KNOWN);
    Round round =
        new Round(
            arguments.number("entries", 1_000_000),
            0.1, // of gets, which are not what is asked for
            arguments.text("url", "file:{dir}"),
            arguments.flag("cold"));
    Contestant contestant = Contestant.of(arguments.text("peer", Contestant.PAGURUS.id));
    Path root = Files.createDirectories(Path.of(arguments.text("dir", "benchmarks/target")));
    Results results = new Results();
    int rounds = arguments.number("rounds", 3);
    for (int turn = 1; turn <= rounds; turn++) {
      Map<Figure, Double> figures =
          round.run(contestant, root.toAbsolutePath(), EnumSet.of(Scenario.REOPEN));
      figures
          .keySet()
          .removeIf(figure -> figure.ordinal() < Figure.CLOSE.ordinal() && figure != Figure.LOAD);
      results.add(contestant, figures);
      System.out.println("round " + turn + " of " + rounds + ": " + figures);
    }
    System.out.printf("%n%s%n%s", Machine.describe(root), Report.table(results));
  }
}
