package io.pagurus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.benchmarks.peers.Customer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison, so small that its figures say nothing. */
class ComparisonTest {
  @TempDir Path directory;

  @Test
  void run_ofTwoContestants_leavesAPageChartsAndValues() throws Exception {
    Path out = directory.resolve("out");
    Path stores = directory.resolve("stores");
    Comparison.main(
        new String[] {
          "--quick",
          "parts=A,cut",
          "peers=pagurus,log",
          "entries=500",
          "sizes=500",
          "seconds=0.02",
          "stores=" + stores,
          "out=" + out
        });
    assertThat(Files.readString(out.resolve("comparison.md")))
        .contains("## Figures to reach", "SYNC puts, 1 thread", "![workload-a.svg](workload-a.svg)")
        .doesNotContain("What failed");
    assertThat(Files.readAllLines(out.resolve("values.csv")))
        .anyMatch(line -> line.matches("A,500,pagurus,ALL_READABLE,[0-9.E-]+"))
        .anyMatch(line -> line.matches("A,500,log,SYNC_8,[0-9.E-]+"))
        .anyMatch(line -> line.matches("cut,500,pagurus,CUT_100,[0-9.E-]+"));
    for (Path chart : list(out, ".svg")) {
      var root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(chart.toFile());
      assertThat(root.getDocumentElement().getTagName()).as("%s", chart).isEqualTo("svg");
    }
    assertThat(list(stores, "")).as("stores that are left").isEmpty();
  }

  private static List<Path> list(Path directory, String end) throws Exception {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.filter(path -> path.toString().endsWith(end)).toList();
    }
  }

  @Test
  void entryOfAnotherVersion_orNone_isNoticed() {
    Truth<Customer> truth = new Truth<>(Customer.SHAPE, 10);
    truth.set(3, 2);
    assertThatCode(() -> truth.check(3, Customer.SHAPE.of(3, 2))).doesNotThrowAnyException();
    assertThatThrownBy(() -> truth.check(3, Customer.SHAPE.of(3, 1)))
        .hasMessageContaining("entry 3 must have version 2");
    assertThatThrownBy(() -> truth.check(3, null)).hasMessageContaining("entry 3");
    assertThatThrownBy(() -> truth.check(3, Customer.SHAPE.of(4, 2))).hasMessageContaining("entry");
  }

  @Test
  void argumentThatNobodyKnows_isRefused() {
    assertThatThrownBy(() -> Settings.parse(new String[] {"entires=5"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entires");
  }
}
