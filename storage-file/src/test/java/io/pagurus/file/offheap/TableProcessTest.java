package io.pagurus.file.offheap;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Off-heap tables in processes of their own, with and without the flags, killed and not. */
@Timeout(120)
class TableProcessTest {
  private static final String[] FLAGS = {
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED"
  };

  @TempDir Path temporary;

  private ForkedJvm start(List<String> flags, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add(1, temporary.resolve("live").toString());
    return ForkedJvm.of(TableProcess.class)
        .jvmArgs(flags.toArray(new String[0]))
        .args(all.toArray(new String[0]))
        .start();
  }

  @Test
  void withoutFlags_theErrorNamesThemAll() {
    try (ForkedJvm process = start(List.of(), "create")) {
      assertThat(process.awaitPrefix("REFUSED "))
          .contains(String.join(" ", FLAGS))
          .contains("heap");
    }
    assertThat(temporary.resolve("live")).doesNotExist();
  }

  @Test
  void withoutOneFlag_theErrorNamesThatOne() {
    for (String missing : FLAGS) {
      List<String> others = Arrays.stream(FLAGS).filter(flag -> !flag.equals(missing)).toList();
      try (ForkedJvm process = start(others, "create")) {
        String said = process.awaitPrefix("REFUSED ");
        assertThat(said).contains(missing);
        assertThat(others).noneMatch(said::contains);
      }
    }
  }

  @Test
  void withoutTheLibrary_theErrorNamesIt() {
    String classPath =
        String.join(
            ":",
            Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(element -> !element.contains("openhft"))
                .toList());
    try (ForkedJvm process =
        ForkedJvm.of(TableProcess.class)
            .classPath(classPath)
            .args("create", temporary.resolve("live").toString())
            .start()) {
      assertThat(process.awaitPrefix("REFUSED ")).contains("net.openhft:chronicle-map");
    }
  }

  @Test
  void afterACleanEnd_anotherProcessGoesOn_andAfterAKillItIsBuiltAgain() throws IOException {
    for (String what : List.of("read", "write")) {
      try (ForkedJvm process = start(List.of(FLAGS), "create")) {
        process.await("CREATED");
        assertThat(process.awaitExit(Duration.ofSeconds(30))).isZero();
      }
      for (String expected : List.of("REOPENED", "FRESH", "FRESH")) {
        try (ForkedJvm process = start(List.of(FLAGS), "run", what)) {
          process.await(expected);
          process.await("RUNNING");
          process.kill();
        }
      }
    }
    try (Stream<Path> files = Files.list(temporary.resolve("live"))) {
      assertThat(files).as("what the last kill left behind").hasSize(1);
    }
  }
}
