package io.pagurus.examples.survivor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The demonstration: see {@link Options#USAGE}. The exit code is 1 when a promise was broken. */
public final class Survivor {
  private static final int FINDINGS_SHOWN = 10;
  private static final int LOG_LINES_SHOWN = 8;

  private Survivor() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Options options;
    try {
      options = Options.parse(List.of(args));
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.err.println(Options.USAGE);
      System.exit(2);
      return;
    }
    boolean kept = true;
    for (String storage : options.storages()) {
      if (storage.equals("s3:")) {
        try (LocalBucket bucket = LocalBucket.start()) {
          kept &= run(options, bucket.url());
        }
      } else {
        kept &= run(options, storage);
      }
    }
    System.exit(kept ? 0 : 1);
  }

  private static boolean run(Options options, String storage)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("pagurus-survivor");
    Progress progress = Progress.ofSystem();
    Driver driver = new Driver(options, storage, ServiceMain.class, directory, progress);
    Thread cleaner =
        new Thread(
            () -> {
              driver.abandon();
              delete(directory);
            });
    Runtime.getRuntime().addShutdownHook(cleaner);

    progress.line(
        "An order service, %d clients, %d stops in about %d s, storage %s, seed %d"
            .formatted(
                options.clients(), options.stops(), options.seconds(), storage, options.seed()));
    long start = System.nanoTime();
    Outcome outcome = driver.run();
    long seconds = (System.nanoTime() - start) / 1_000_000_000;

    progress.line(ReportTable.of(outcome.tallies()));
    if (outcome.allKept()) {
      progress.line("VERDICT for %s every promise kept, in %d s.".formatted(storage, seconds));
      return true;
    }
    Runtime.getRuntime().removeShutdownHook(cleaner);
    lastLines(driver.log()).forEach(line -> progress.line("  log: " + line));
    outcome.findings().stream()
        .limit(FINDINGS_SHOWN)
        .forEach(finding -> progress.line("  " + finding));
    progress.line(
        "VERDICT for %s BROKEN, %d findings with --seed %d. The store and the service's log are in %s"
            .formatted(storage, outcome.findings().size(), options.seed(), directory));
    return false;
  }

  private static List<String> lastLines(Path log) throws IOException {
    if (!Files.exists(log)) {
      return List.of();
    }
    List<String> lines = Files.readAllLines(log);
    return lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size());
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException failed) {
      System.err.println("could not delete " + directory + ": " + failed);
    }
  }
}
