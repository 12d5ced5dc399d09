package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pagurus.StateStore;
import io.pagurus.testkit.CrashService;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Machine;
import io.pagurus.testkit.Said;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
    return "file:" + directory.resolve("state");
  }

  private Path trace() {
    return directory.resolve("strace");
  }

  /** A service whose forced writes, counted by each of its threads, meet {@code fault}. */
  private ForkedJvm service(boolean small, String fault) {
    return ForkedJvm.of(small ? SmallService.class : CrashService.class)
        .args(url())
        .under(
            "strace",
            "-f",
            "-qq",
            "-o",
            trace().toString(),
            "-e",
            "trace=fsync,fdatasync",
            "-e",
            "inject=fsync,fdatasync:" + fault)
        .start();
  }

  private void checkAfter(Said said, boolean small, String round) {
    try (StateStore store = small ? SmallService.builder(url()).open() : StateStore.open(url())) {
      CrashService.Numbers numbers = store.bind(new CrashService.Numbers());
      assertThat(numbers.faults()).as(round).isEmpty();
      assertThat(SmallService.torn(store)).as(round).isEmpty();
      said.check(numbers, false, round);
    }
  }

  private long injected() {
    try (Stream<String> lines = Files.lines(trace())) {
      return lines.filter(line -> line.contains("(INJECTED)")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long seals() {
    try (Stream<Path> files = Files.list(directory.resolve("state/default/c"))) {
      return files.filter(file -> file.toString().endsWith(".seal")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By itself: the failed file is given up, the next epoch begins with what was not confirmed. */
  @ParameterizedTest
  @CsvSource({
    "12, false",
    "40, false",
    "41, false",
    "100, false",
    "20, true",
    "40, true",
    "41, true",
    "42, true",
    "100, true"
  })
  void forceThatFailsOnce_isGoneAround_andNothingConfirmedIsLost(int k, boolean small) {
    Machine.needsRootAnd("strace");
    List<String> lines = new ArrayList<>();
    try (ForkedJvm service = service(small, "error=EIO:when=" + k)) {
      service.await("READY");
      long before = seals();
      await().atMost(PATIENCE).until(() -> injected() > 0 && seals() > before);
      lines.addAll(service.takeLines());
      for (int i = 0; i < 200; i++) {
        service.awaitLine(
            line -> {
              lines.add(line);
              return line.startsWith("D ");
            },
            "confirmation after the failure",
            PATIENCE);
      }
      service.kill();
      lines.addAll(service.takeLines());
    }
    checkAfter(new Said(lines), small, "EIO once at " + k);
  }

  /** Behind the first dozen, which opening needs. */
  @ParameterizedTest
  @ValueSource(ints = {30, 40, 41})
  void forceThatAlwaysFails_isNeverFollowedByAConfirmation(int k) {
    Machine.needsRootAnd("strace");
    List<String> lines = new ArrayList<>();
    try (ForkedJvm service = service(false, "error=EIO:when=" + k + "+")) {
      service.await("READY");
      String problem =
          service.awaitLine(
              line -> {
                lines.add(line);
                return line.startsWith("P ");
              },
              "problem",
              PATIENCE);
      System.out.println(problem);
      // Confirmations of earlier commits may still be on their way; none of later ones follows.
      for (int i = 0; i < 10; i++) {
        service.awaitLine(
            line -> {
              lines.add(line);
              return line.startsWith("P ");
            },
            "problem",
            PATIENCE);
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
    checkAfter(new Said(lines), false, "EIO always from " + k);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
  void sigkillAtAForce_losesNothingConfirmed_andStaysConsistent(int k) {
    Machine.needsRootAnd("strace");
    try (ForkedJvm service = service(k % 2 == 0, "signal=KILL:when=" + k)) {
      assertThat(service.awaitExit(PATIENCE)).as(service.stderr()).isEqualTo(137);
      checkAfter(new Said(service.takeLines()), k % 2 == 0, "killed at force " + k);
    }
  }
}
