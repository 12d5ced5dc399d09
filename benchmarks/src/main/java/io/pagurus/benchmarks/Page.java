package io.pagurus.benchmarks;

import io.pagurus.benchmarks.charts.Chart;
import io.pagurus.benchmarks.peers.Ability;
import io.pagurus.benchmarks.peers.Contestant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The page of the report, and its charts. */
final class Page {
  private final Settings settings;
  private final Results results;
  private final StringBuilder out = new StringBuilder();

  Page(Settings settings, Results results) {
    this.settings = settings;
    this.results = results;
  }

  void write() throws IOException {
    head();
    int entries = settings.entriesOf(Workload.A);
    section("Figures to reach", Goals.table(results, entries));
    operations();
    for (Workload workload : Workload.values()) {
      workload(workload);
    }
    growth();
    whoAndHow();
    Files.writeString(settings.out().resolve("comparison.md"), out.toString().strip() + "\n");
  }

  private void head() throws IOException {
    out.append(
        """
        # Pagurus beside its peers

        ```
        mvn -q compile exec:exec -pl benchmarks -am
        ```

        %d round(s); each part of a workload in a fork of its own with `%s`, the forks in turns, timed phases of %s s.
        Cells are medians; below them the least and the most of all rounds, and **x**: how many times better Pagurus is
        (below 1 it is worse). A dash: it cannot do that, or it failed, which is said at the end. The machine was not
        quiet: ratios count. Every entry was verified after each reopening, a sample in every field after each phase.

        Measured on %s.

        """
            .formatted(
                settings.rounds(),
                String.join(" ", Fork.JVM),
                settings.seconds(),
                Machine.describe(settings.stores())));
    if (settings.quick()) {
      out.append(
          "**This was a quick run. It shows that everything runs; its figures say nothing.**\n\n");
    }
  }

  private void operations() {
    StringBuilder tables = new StringBuilder();
    for (Workload workload : List.of(Workload.A, Workload.B)) {
      String section = Operations.section(workload);
      for (int size : results.sizes(section)) {
        tables.append(
            String.format(
                "%s values, %,d entries:%n%n%s%n",
                workload == Workload.A ? "Immutable" : "Mutable",
                size,
                Tables.of(results, section, size, EnumSet.allOf(Figure.class))));
      }
    }
    section("Operations, by JMH", tables.toString());
  }

  private void workload(Workload workload) throws IOException {
    int entries = settings.entriesOf(workload);
    String section = workload.name();
    StringBuilder tables = new StringBuilder();
    for (Set<Figure> figures :
        List.of(
            EnumSet.range(Figure.LOADED, Figure.GET_UNIFORM),
            EnumSet.range(Figure.UPDATE, Figure.CHANGE_AND_CHECKPOINT),
            EnumSet.range(Figure.CLOSE, Figure.ALL_READABLE_KILLED))) {
      tables.append(Tables.of(results, section, entries, figures)).append('\n');
    }
    String file = "workload-" + section.toLowerCase(Locale.ROOT) + ".svg";
    String chart = chart(Charts.bars(results, workload, entries), file);
    if (workload == Workload.B) {
      tables.append(timeToLive());
    }
    section(
        String.format("Workload %s: %,d %s", section, entries, workload.title),
        tables.toString().isBlank() || chart.isEmpty() ? "" : tables + "\n" + chart);
  }

  private static String timeToLive() {
    return "Entries expire by themselves after 30 minutes without use (or without a put) at "
        + List.of(Contestant.values()).stream()
            .filter(contestant -> contestant.can(Ability.TIME_TO_LIVE))
            .map(contestant -> contestant.title)
            .collect(Collectors.joining(", "))
        + ". The others have no time to live, Pagurus among them: whoever keeps sessions in it removes them.\n";
  }

  private void growth() throws IOException {
    String growth = chart(Charts.growth(results, settings.sizes()), "growth.svg");
    String saves = chart(Charts.saves(results, settings.sizes()), "saves.svg");
    String cuts = chart(Charts.cuts(results), "cuts.svg");
    StringBuilder tables = new StringBuilder();
    for (int size : settings.sizes()) {
      String table =
          Tables.of(
              results, Workload.A.name(), size, EnumSet.range(Figure.SAVE_100, Figure.SAVE_100K));
      if (!table.isEmpty()) {
        tables.append(String.format("%,d entries:%n%n%s%n", size, rowsWith(table)));
      }
    }
    for (int size : results.sizes(Settings.CUT)) {
      tables.append(
          String.format(
              "Cuts of a store with %,d entries:%n%n%s%n",
              size,
              Tables.of(
                  results, Settings.CUT, size, EnumSet.range(Figure.CUT_100, Figure.CUT_100K))));
    }
    section("How costs grow", growth + saves + cuts + tables);
  }

  /** Without the rows that have nothing but dashes. */
  private static String rowsWith(String table) {
    return table
        .lines()
        .filter(line -> !line.matches("\\|[^|]*\\|( - \\|)+"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private void whoAndHow() {
    section("Versions", Machine.versions() + ".\n");
    section(
        "How each is set up",
        settings.contestants().stream()
            .map(one -> "- " + one.title + ": " + one.settings)
            .collect(Collectors.joining("\n", "", "\n")));
    section(
        "What the figures mean",
        """
        - An ASYNC put is what a put costs its caller; what it may lose differs from peer to peer. The column beside it
          adds the time until all of them were durable.
        - Durable is forced to the disk, for all.
        - The close comes after a checkpoint: nothing is left to save. Whoever writes one file writes it all the same.
        - The kill -9 comes after a tenth of the entries was changed and made durable.
        - Heap does not count memory outside of the heap; resident memory counts mapped files, too.
        - Uniform gets and changes go over a million entries spread over all of them, where there are more.
        - Writers wait for a cut as long as the gate of the store is closed. Plain fields were not bound.
        - Pagurus commits every 20 ms by itself: of many changes before a close some may be committed already.
        """);
    section(
        "What failed",
        results.failures().stream().map(one -> "- " + one).collect(Collectors.joining("\n")));
  }

  private String chart(Chart chart, String file) throws IOException {
    Path at = settings.out().resolve(file);
    if (chart.isEmpty()) {
      Files.deleteIfExists(at);
      return "";
    }
    Files.writeString(at, chart.toSvg());
    return "![" + file + "](" + file + ")\n\n";
  }

  private void section(String title, String body) {
    if (!body.isBlank()) {
      out.append("## ").append(title).append("\n\n").append(body.strip()).append("\n\n");
    }
  }
}
