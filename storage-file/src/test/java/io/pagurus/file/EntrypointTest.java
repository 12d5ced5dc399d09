package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.testkit.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Real processes as process 1: what becomes of SIGTERM, and whether the doctor said so at start.
 * The table in docs/containers.md is what the script prints; it is measured here once more.
 */
@Tag("long")
@Timeout(600)
class EntrypointTest {
  private static final String NOT_SEEN = "`trap 'echo stop'";

  @Test
  void stop_inAProcessIdSpace_isAsTheDoctorSaid() throws IOException {
    Machine.needsRootAnd("unshare", "bash", "tini", "busybox");
    check(measured("unshare"));
  }

  @Test
  void stop_inAContainer_isAsTheDoctorSaid() throws IOException {
    Machine.needsRootAnd("podman", "runc", "bash", "tini", "busybox");
    check(measured("podman"));
  }

  private static List<String> measured(String mode) {
    Machine.Result result =
        Machine.tryToRun(
            "bash",
            "src/test/scripts/entrypoints.sh",
            mode,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            System.getProperty("java.class.path"));
    assertThat(result.exit()).as(result.output()).isZero();
    return result.output().lines().toList();
  }

  private static void check(List<String> rows) throws IOException {
    assertThat(rows).hasSizeGreaterThan(10);
    for (String row : rows) {
      String[] cells = row.split(" \\| ");
      boolean saved = cells[2].equals("yes");
      boolean warned = cells[3].contains("sigterm-");
      assertThat(saved ^ warned)
          .as("a warning exactly where changes are lost: %s", row)
          .isEqualTo(!row.contains(NOT_SEEN));
    }
    List<String> documented =
        Files.readAllLines(Path.of("../docs/containers.md")).stream()
            .filter(line -> line.matches("\\| `.*` \\| [0-9]+ \\| (yes|\\*\\*no\\*\\*) \\| .*"))
            .toList();
    assertThat(documented).containsExactlyElementsOf(rows);
  }
}
