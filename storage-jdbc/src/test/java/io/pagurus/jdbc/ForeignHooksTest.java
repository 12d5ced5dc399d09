package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateStore;
import io.pagurus.testkit.ForkedJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The order against the hooks of H2, HikariCP and Logback: the save comes before any of them. */
@Timeout(120)
class ForeignHooksTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void signal_savesBeforeAnyOtherHookCloses(ForkedJvm.Signal signal, int exitCode) {
    String state = directory.resolve("state").toString();
    long returned;
    try (ForkedJvm service =
        ForkedJvm.of(CrowdedService.class)
            .args(state, directory.resolve("own").toString())
            .start()) {
      service.awaitPrefix("A ");
      service.signal(signal);
      assertThat(service.awaitExit(Duration.ofSeconds(60)))
          .as(service.stderr())
          .isEqualTo(exitCode);
      List<String> lines = service.takeLines();
      assertThat(lines).contains("SAVED true true", "H2 true", "POOL true", "LOGBACK true");
      returned =
          lines.stream()
              .filter(line -> line.startsWith("A "))
              .mapToLong(line -> Long.parseLong(line.substring(2)))
              .max()
              .orElseThrow();
    }
    try (StateStore store = StateStore.open("jdbc:h2:" + state)) {
      assertThat(store.counter("count").get()).isGreaterThanOrEqualTo(returned);
      assertThat(store.status().restore().cleanStop()).isTrue();
    }
  }
}
