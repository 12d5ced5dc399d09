package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.testkit.ForkedJvm;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The doctor in real processes; those with another process 1 are in {@link EntrypointTest}. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class DoctorInProcessTest {
  @TempDir Path directory;

  private ForkedJvm.Builder service() {
    return ForkedJvm.of(StopService.class)
        .jvmArgs("-Xmx64m")
        .args("file:" + directory.resolve("state"))
        // How this test itself was started is not its subject.
        .environment("PAGURUS_DOCTOR_ACCEPT", "");
  }

  /** What is found, it is right about: the signal ends the process and nothing is saved. */
  @Test
  void xrs_isFound_whereverItIsFrom() {
    try (ForkedJvm jvm = service().environment("JAVA_TOOL_OPTIONS", "-Xrs").start()) {
      assertThat(jvm.awaitPrefix("findings ")).contains("sigterm-not-caught");
      jvm.await("ready");
      jvm.signal(ForkedJvm.Signal.TERM);
      jvm.awaitExit(Duration.ofSeconds(30));
      assertThat(jvm.stderr())
          .contains("SIGTERM is not caught by this JVM (-Xrs is among its options)")
          .doesNotContain("saved and released");
    }
  }

  @Test
  void exitOnOutOfMemory_isFound_andThePlainOneIsNot() {
    try (ForkedJvm jvm = service().jvmArgs("-XX:+ExitOnOutOfMemoryError").start()) {
      assertThat(jvm.awaitPrefix("findings "))
          .contains("out-of-memory-skips-hooks")
          .doesNotContain("sigterm-not-caught");
      jvm.await("ready");
      jvm.signal(ForkedJvm.Signal.TERM);
      assertThat(jvm.awaitExit(Duration.ofSeconds(30))).isEqualTo(143);
      assertThat(jvm.stderr()).contains("saved and released");
    }
  }
}
