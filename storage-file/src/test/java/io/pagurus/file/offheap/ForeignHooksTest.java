package io.pagurus.file.offheap;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateStore;
import io.pagurus.testkit.ForkedJvm;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The order against the hook of Chronicle Map: the save comes before it closes its maps. */
@Timeout(120)
@Tag("offheap")
class ForeignHooksTest {
  @TempDir Path directory;

  @Test
  void sigterm_savesBeforeChronicleMapCloses() {
    String url = "file:" + directory.resolve("state") + "?live=offheap";
    String[] flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--add-"))
            .toArray(String[]::new);
    try (ForkedJvm service =
        ForkedJvm.of(CrowdedService.class)
            .jvmArgs(flags)
            .args(url, directory.resolve("own").toString())
            .start()) {
      service.awaitLine(line -> line.startsWith("A "), "a count", Duration.ofSeconds(60));
      service.signal(ForkedJvm.Signal.TERM);
      assertThat(service.awaitExit(Duration.ofSeconds(60))).as(service.stderr()).isEqualTo(143);
      List<String> lines = service.takeLines();
      assertThat(lines).as(service.stderr()).contains("SAVED true true", "MAP true");
    }
    try (StateStore store = StateStore.open(url)) {
      assertThat(store.counter("count").get()).isPositive();
      assertThat(store.status().restore().cleanStop()).isTrue();
    }
  }
}
