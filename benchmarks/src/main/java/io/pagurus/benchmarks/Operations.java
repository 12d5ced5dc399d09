package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link OperationCosts}: one fork of each in a round, so that rounds interleave them. */
final class Operations {
  /** Those that serve from the memory of the process: what others take is in the workloads. */
  static final Set<Contestant> CONTESTANTS =
      EnumSet.of(
          Contestant.PAGURUS,
          Contestant.PAGURUS_BY_HAND,
          Contestant.CAFFEINE,
          Contestant.MEMORY,
          Contestant.ENCODED_MEMORY,
          Contestant.MVSTORE,
          Contestant.ROCKSDB);

  private static final Map<String, Figure> FIGURES =
      Map.of("getHot", Figure.GET_HOT, "getUniform", Figure.GET_UNIFORM, "put", Figure.PUT);

  private Operations() {}

  /** The section of the report that a workload's operations are in. */
  static String section(Workload workload) {
    return Settings.OPERATIONS + "-" + workload;
  }

  static void run(Settings settings, Results results) throws RunnerException {
    for (Workload workload : List.of(Workload.A, Workload.B)) {
      int entries = settings.quick() ? 10_000 : 100_000;
      for (Contestant contestant : settings.contestants()) {
        if (CONTESTANTS.contains(contestant)) {
          for (RunResult one : run(settings, workload, contestant, entries)) {
            String name = one.getPrimaryResult().getLabel();
            results.add(
                section(workload),
                entries,
                contestant,
                FIGURES.getOrDefault(name, Figure.PUT),
                one.getPrimaryResult().getScore());
          }
        }
      }
    }
  }

  private static Collection<RunResult> run(
      Settings settings, Workload workload, Contestant contestant, int entries)
      throws RunnerException {
    TimeValue time = TimeValue.milliseconds((long) (settings.seconds() * 500));
    Options options =
        new OptionsBuilder()
            .include(OperationCosts.class.getName().replace(".", "\\.") + "\\..*")
            .param("contestant", contestant.id)
            .param("workload", workload.name().toUpperCase(Locale.ROOT))
            .param("entries", "" + entries)
            .forks(1)
            .warmupIterations(settings.quick() ? 1 : 3)
            .warmupTime(time)
            .measurementIterations(settings.quick() ? 1 : 3)
            .measurementTime(time)
            .jvmArgs(Fork.JVM.toArray(new String[0]))
            .jvmArgsAppend("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    return new Runner(options).run();
  }
}
