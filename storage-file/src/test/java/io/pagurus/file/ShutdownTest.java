package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateStore;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
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
class ShutdownTest {
  private static final int WARM_UP = 5;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130", "HUP, 129", "exit, 7"})
  void stop_besideOtherHooks_savesAllThatReturned(String how, int exitCode) {
    String url = "file:" + directory.resolve("state");
    for (int round = 0; round < 3; round++) {
      List<String> lines = new ArrayList<>();
      try (ForkedJvm service =
          ForkedJvm.of(BusyService.class).jvmArgs("-Xmx256m").args(url).start()) {
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
        assertThat(lines).contains("OTHER HOOK");
      }
      long returned = 0;
      for (String line : lines) {
        if (line.startsWith("A ")) {
          returned = Long.parseLong(line.substring(2));
        }
      }
      try (StateStore store = StateStore.open(url)) {
        assertThat(store.status().restore().cleanStop()).isTrue();
        assertThat(store.counter("count").get()).isGreaterThanOrEqualTo(returned);
      }
    }
  }

  @Test
  void openAndClose_fiftyTimes_leavesNothing() {
    openAndClose(50);
  }

  @Test
  @Tag("long")
  @Timeout(600)
  void openAndClose_thousandTimes_leavesNothing() {
    openAndClose(1_000);
  }

  private void openAndClose(int times) {
    String url = "file:" + directory.resolve("state");
    int threads = 0;
    long handles = 0;
    for (int i = 0; i < WARM_UP + times; i++) {
      if (i == WARM_UP) {
        threads = Thread.activeCount();
        handles = openFiles();
      }
      try (StateStore store = StateStore.open(url)) {
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
