package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The end of a process beside everybody else's shutdown hooks, and of a store within one. */
@Timeout(120)
@ExtendWith(LeakExtension.class)
public abstract class ShutdownContract {
  private static final int WARM_UP = 5;

  /** Of the test. */
  @TempDir protected Path directory;

  /** Of a store in {@link #directory}, always the same. */
  protected abstract String url();

  /**
   * A service on the store at {@link #url} that has hooks of its own. It counts in {@code count},
   * commits only when it ends, says {@code A n} when a count has returned, and ends with 7 on the
   * line {@code exit}.
   */
  protected abstract ForkedJvm service();

  /** What the service said of its own hooks. */
  protected abstract void checkHooks(List<String> lines);

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130", "HUP, 129", "exit, 7"})
  final void stop_besideOtherHooks_savesAllThatReturned(String how, int exitCode) {
    for (int round = 0; round < 3; round++) {
      List<String> lines = new ArrayList<>();
      try (ForkedJvm service = service()) {
        lines.add("A " + service.awaitPrefix("A "));
        if (how.equals("exit")) {
          service.send("exit");
        } else {
          service.signal(ForkedJvm.Signal.valueOf(how));
        }
        assertThat(service.awaitExit(Duration.ofSeconds(30)))
            .as(service.stderr())
            .isEqualTo(exitCode);
        assertThat(service.stderr()).containsOnlyOnce("Stopping");
        lines.addAll(service.takeLines());
        checkHooks(lines);
      }
      long returned = 0;
      for (String line : lines) {
        if (line.startsWith("A ")) {
          returned = Long.parseLong(line.substring(2));
        }
      }
      try (StateStore store = StateStore.open(url())) {
        assertThat(store.status().restore().cleanStop()).isTrue();
        assertThat(store.counter("count").get()).isGreaterThanOrEqualTo(returned);
      }
    }
  }

  @Test
  final void openAndClose_fiftyTimes_leavesNothing() {
    openAndClose(50);
  }

  @Test
  @Tag("long")
  @Timeout(600)
  final void openAndClose_thousandTimes_leavesNothing() {
    openAndClose(1_000);
  }

  private void openAndClose(int times) {
    int threads = 0;
    long handles = 0;
    for (int i = 0; i < WARM_UP + times; i++) {
      if (i == WARM_UP) {
        threads = Thread.activeCount();
        handles = openFiles();
      }
      try (StateStore store = StateStore.open(url())) {
        assertThat(store.counter("opened").increment()).isEqualTo(i + 1);
      }
    }
    // A thread or a handle per round would be many more; a few come and go with the JVM itself.
    assertThat(Thread.activeCount()).isLessThan(threads + 10);
    assertThat(openFiles()).isLessThan(handles + 10);
  }

  /** Of this process; -1 where the platform does not tell. */
  private static long openFiles() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : -1;
  }
}
