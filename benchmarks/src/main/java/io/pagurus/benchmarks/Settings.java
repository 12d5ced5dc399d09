package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is run, and how long.
 *
 * @param quick whether this only shows that everything runs
 * @param rounds how many times everything is measured, each time in forks of its own
 * @param seconds how long each timed phase lasts
 * @param entries how many entries workloads hold; 0: what they say themselves
 * @param sizes the entries at which costs are looked at
 * @param contestants who takes part
 * @param parts which parts are run
 * @param limitMinutes how long a fork may take
 * @param cold whether to reopen with an empty page cache, too
 * @param keep whether the values of former runs in {@code out} are kept, and these added
 * @param stores where the stores are made: a real disk
 * @param out where the report goes
 */
record Settings(
    boolean quick,
    int rounds,
    double seconds,
    int entries,
    List<Integer> sizes,
    List<Contestant> contestants,
    Set<String> parts,
    int limitMinutes,
    boolean cold,
    boolean keep,
    Path stores,
    Path out) {
  static final String GROWTH = "growth";
  static final String CUT = "cut";
  static final String OPERATIONS = "operations";

  private static final Set<String> KNOWN =
      new TreeSet<>(
          Set.of(
              "quick", "rounds", "seconds", "entries", "sizes", "peers", "parts", "limit", "cold",
              "keep", "stores", "out"));

  static Settings parse(String[] given) {
    Arguments arguments = new Arguments(given, KNOWN);
    boolean quick = arguments.flag("quick");
    return new Settings(
        quick,
        arguments.number("rounds", quick ? 1 : 3),
        arguments.decimal("seconds", quick ? 0.1 : 3),
        arguments.number("entries", 0),
        list(arguments.text("sizes", quick ? "2000,20000" : "10000,100000,1000000,10000000"))
            .map(Integer::valueOf)
            .toList(),
        list(arguments.text("peers", ids())).map(Contestant::of).toList(),
        new TreeSet<>(list(arguments.text("parts", "A,B,C,D,growth,cut,operations")).toList()),
        arguments.number("limit", quick ? 2 : 15),
        arguments.flag("cold"),
        arguments.flag("keep"),
        Path.of(arguments.text("stores", "benchmarks/target/stores")).toAbsolutePath(),
        Path.of(arguments.text("out", quick ? "benchmarks/target/quick" : "docs/benchmarks")));
  }

  /** How many entries {@code workload} holds. */
  int entriesOf(Workload workload) {
    return entries > 0 ? entries : quick ? workload.few : workload.entries;
  }

  private static String ids() {
    return String.join(
        ",", Arrays.stream(Contestant.values()).map(contestant -> contestant.id).toList());
  }

  private static Stream<String> list(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).filter(one -> !one.isEmpty());
  }
}
