package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ForkedJvmTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Answers each line; ends at {@code exit}; has a shutdown hook that says so. */
  static final class Child {
    public static void main(String[] args) throws IOException {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    System.out.println("hook");
                    System.out.flush();
                  }));
      System.err.println("to stderr");
      System.out.println(
          "ready "
              + String.join(",", args)
              + " "
              + System.getProperty("mine")
              + " "
              + System.getenv("MINE"));
      try (BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
        String line;
        while ((line = in.readLine()) != null) {
          if (line.equals("exit")) {
            System.exit(7);
          }
          System.out.println("noise");
          System.out.println("echo " + line);
        }
      }
    }
  }

  private static ForkedJvm start() {
    return ForkedJvm.of(Child.class)
        .jvmArgs("-Dmine=property", "-Xshare:auto", "-XX:TieredStopAtLevel=1")
        .args("a", "b")
        .environment("MINE", "variable")
        .start();
  }

  @Test
  void linesGoBothWays_andTheExitCodeComesBack() {
    try (ForkedJvm jvm = start()) {
      assertThat(jvm.awaitPrefix("ready ")).isEqualTo("a,b property variable");
      jvm.send("h\u00e4llo");
      jvm.await("echo h\u00e4llo");
      assertThat(jvm.isAlive()).isTrue();
      jvm.send("exit");
      assertThat(jvm.awaitExit(PATIENCE)).isEqualTo(7);
      assertThat(jvm.takeLines()).containsExactly("hook");
      assertThat(jvm.stderr()).contains("to stderr");
    }
  }

  @Test
  void kill_runsNoHook() {
    try (ForkedJvm jvm = start()) {
      jvm.awaitPrefix("ready ");
      jvm.kill();
      assertThat(jvm.awaitExit(PATIENCE)).isEqualTo(137);
      assertThat(jvm.takeLines()).isEmpty();
    }
  }

  @Test
  void termAndInt_runTheHook() {
    try (ForkedJvm term = start();
        ForkedJvm interrupt = start()) {
      term.awaitPrefix("ready ");
      term.signal(ForkedJvm.Signal.TERM);
      assertThat(term.awaitExit(PATIENCE)).isEqualTo(143);
      term.await("hook");
      interrupt.awaitPrefix("ready ");
      interrupt.signal(ForkedJvm.Signal.INT);
      assertThat(interrupt.awaitExit(PATIENCE)).isEqualTo(130);
      interrupt.await("hook");
    }
  }

  @Test
  void stopped_doesNothing_untilContinued() {
    try (ForkedJvm jvm = start()) {
      jvm.awaitPrefix("ready ");
      jvm.signal(ForkedJvm.Signal.STOP);
      await().until(() -> stateOf(jvm.pid()).equals("T"));
      jvm.send("while frozen");
      assertThatThrownBy(() -> jvm.awaitLine(line -> true, "any line", Duration.ofMillis(300)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("any line")
          .hasMessageContaining("is alive")
          .hasMessageContaining("to stderr");
      jvm.signal(ForkedJvm.Signal.CONT);
      jvm.await("echo while frozen");
    }
  }

  private static String stateOf(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
  }

  @Test
  void close_endsAlsoWhatIsFrozen() {
    ForkedJvm jvm = start();
    jvm.awaitPrefix("ready ");
    jvm.signal(ForkedJvm.Signal.STOP);
    jvm.close();
    assertThat(jvm.isAlive()).isFalse();
    assertThat(ProcessHandle.of(jvm.pid())).isEmpty();
    jvm.close();
  }

  @Test
  void outputThatEnds_endsTheWait() {
    try (ForkedJvm jvm = start()) {
      jvm.awaitPrefix("ready ");
      jvm.send("exit");
      assertThatThrownBy(() -> jvm.await("never said"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("until its output ended")
          .hasMessageContaining("out> hook");
    }
  }
}
