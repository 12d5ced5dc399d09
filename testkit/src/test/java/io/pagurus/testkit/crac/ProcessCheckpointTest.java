package io.pagurus.testkit.crac;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.testkit.ForkedJvm;
import java.io.File;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stores take part in checkpoints of the process, and do without {@code org.crac}. */
@Timeout(60)
class ProcessCheckpointTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void checkpointAndRestore_letGoOfStorage_andFindWhatAnotherOwnerLeft() {
    try (ForkedJvm process =
        ForkedJvm.of(CracMain.class)
            .jvmArgs("-Dorg.crac.Core.Compat=" + Core.class.getPackageName())
            .start()) {
      assertThat(process.awaitExit(PATIENCE)).as(process.stderr()).isZero();
      assertThat(process.takeLines())
          .contains("OPEN 0", "OTHER 2", "FOUND 2", "EPOCH 2", "GOES ON 4", "CLOSED")
          .anyMatch(
              line -> line.startsWith("REFUSED ") && line.contains("could not be saved before"))
          .doesNotContain("CHECKPOINTED");
    }
  }

  @Test
  void open_withoutCracOnTheClassPath_works() {
    String without =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.contains("org" + File.separator + "crac"))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(without).isNotEqualTo(System.getProperty("java.class.path"));
    try (ForkedJvm process = ForkedJvm.of(OpenMain.class).classPath(without).start()) {
      assertThat(process.awaitExit(PATIENCE)).as(process.stderr()).isZero();
      assertThat(process.takeLines()).containsExactly("no org.crac", "saved 1");
    }
  }

  /** Opens a store, where there is no {@code org.crac}. */
  static final class OpenMain {
    private OpenMain() {}

    public static void main(String[] args) {
      try {
        Class.forName("org.crac.Core");
        System.out.println("org.crac is there");
      } catch (ClassNotFoundException e) {
        System.out.println("no org.crac");
      }
      try (io.pagurus.StateStore store = io.pagurus.StateStore.open("memory:test")) {
        System.out.println("saved " + store.counter("n").increment());
      }
    }
  }
}
