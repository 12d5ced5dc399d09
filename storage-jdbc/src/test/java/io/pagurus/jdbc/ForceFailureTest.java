package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateStore;
import io.pagurus.testkit.CrashService;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Machine;
import io.pagurus.testkit.Said;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forced write fails, or is the last thing that the process does. */
@Tag("long")
@Timeout(180)
@ExtendWith(LeakExtension.class)
class ForceFailureTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private String url() {
    return "jdbc:h2:" + directory.resolve("state");
  }

  /** A service whose forced writes, counted by each of its threads, meet {@code fault}. */
  private ForkedJvm service(String fault) {
    return ForkedJvm.of(CrashService.class)
        .args(url())
        .under(
            "strace",
            "-f",
            "-qq",
            "-o",
            directory.resolve("strace").toString(),
            "-e",
            "trace=fsync,fdatasync",
            "-e",
            "inject=fsync,fdatasync:" + fault)
        .start();
  }

  private void checkAfter(Said said, String round) {
    try (StateStore store = StateStore.open(url())) {
      CrashService.Numbers numbers = store.bind(new CrashService.Numbers());
      assertThat(numbers.faults()).as(round).isEmpty();
      said.check(numbers, false, round);
    }
  }

  @ParameterizedTest
  @CsvSource({"5, once", "12, once", "40, once", "5, always", "12, always", "40, always"})
  void forceThatFails_isNeverFollowedByAConfirmation(int k, String howOften) {
    Machine.needsRootAnd("strace");
    List<String> lines = new ArrayList<>();
    try (ForkedJvm service =
        service("error=EIO:when=" + k + (howOften.equals("always") ? "+" : ""))) {
      service.await("READY");
      List<String> before = new ArrayList<>();
      String problem =
          service.awaitLine(
              line -> {
                before.add(line);
                return line.startsWith("P ") && line.contains("restart this process");
              },
              "problem that says what to do",
              PATIENCE);
      assertThat(problem).contains("does not take commits").contains("forcing the disk failed");
      lines.addAll(before);
      // Confirmations of earlier commits may still be on their way; none of later ones follows.
      for (int i = 0; i < 10; i++) {
        lines.add("P " + service.awaitPrefix("P "));
      }
      for (int i = 0; i < 100; i++) {
        service.awaitLine(
            line -> {
              assertThat(line).doesNotStartWith("D ");
              return line.startsWith("P ");
            },
            "another problem",
            PATIENCE);
      }
    }
    checkAfter(new Said(lines), "EIO " + howOften + " at " + k);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void sigkillAtAForce_losesNothingConfirmed_andStaysConsistent(int k) {
    Machine.needsRootAnd("strace");
    try (ForkedJvm service = service("signal=KILL:when=" + k)) {
      assertThat(service.awaitExit(PATIENCE)).as(service.stderr()).isEqualTo(137);
      checkAfter(new Said(service.takeLines()), "killed at force " + k);
    }
  }
}
