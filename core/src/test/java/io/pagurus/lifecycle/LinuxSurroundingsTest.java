package io.pagurus.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.lifecycle.Surroundings.Ancestor;
import io.pagurus.lifecycle.Surroundings.Mount;
import io.pagurus.lifecycle.Surroundings.SignalFate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads files as Linux writes them, put down in a directory. */
final class LinuxSurroundingsTest {
  private static final String JVM = "SigBlk:\t0\nSigIgn:\t0\nSigCgt:\t2000000101005ccf\n";
  private static final String JVM_WITH_XRS = "SigBlk:\t0\nSigIgn:\t0\nSigCgt:\t2000000101001cc8\n";
  private static final String SHELL =
      "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000002\n";
  private static final String CATATONIT =
      "SigBlk:\tfffffffe3ffbfa07\nSigIgn:\t0000000000000006\nSigCgt:\t0000000000000000\n";

  /** While it waits, that is nearly always. */
  private static final String TINI =
      "SigBlk:\t0000000000000000\nSigIgn:\t0000000000300000\nSigCgt:\t0000000000000000\n";

  private static final String TRAP_IGNORES = "SigBlk:\t0\nSigIgn:\t4000\nSigCgt:\t0\n";

  @TempDir Path directory;

  @Test
  void readsTheFateOfSigterm() throws IOException {
    process("self", "java", 3, JVM, "java", "Main");
    assertThat(read().sigterm()).isEqualTo(SignalFate.TAKEN);
    process("self", "java", 3, JVM_WITH_XRS, "java", "-Xrs", "Main");
    assertThat(read().sigterm()).isEqualTo(SignalFate.DEFAULT);
    process("self", "java", 3, TRAP_IGNORES, "java", "Main");
    assertThat(read().sigterm()).isEqualTo(SignalFate.IGNORED);
    process("self", "java", 3, CATATONIT, "java", "Main");
    assertThat(read().sigterm()).isEqualTo(SignalFate.TAKEN);
  }

  @Test
  void readsTheChainUpToProcessOne() throws IOException {
    space("pid:[4026532213]");
    process("self", "java", 7, JVM, "java", "Main");
    process("7", "sh", 1, SHELL, "sh", "-c", "java Main; true");
    process("1", "tini", 0, TINI, "tini", "--", "sh");
    assertThat(read().above())
        .containsExactly(
            new Ancestor(7, "sh -c java Main; true", SignalFate.DEFAULT),
            new Ancestor(1, "tini -- sh", SignalFate.TAKEN));
  }

  /** By its name, or where its file has another one, by what it waits for. */
  @Test
  void initThatWaitsForSignals_takesThem() throws IOException {
    space("pid:[4026532213]");
    process("self", "java", 1, JVM, "java", "Main");
    process("1", "tini", 0, TINI, "tini", "--", "java");
    assertThat(read().above()).extracting(Ancestor::sigterm).containsExactly(SignalFate.TAKEN);
    process("1", "entry", 0, TINI, "/entry", "java");
    assertThat(read().above()).extracting(Ancestor::sigterm).containsExactly(SignalFate.DEFAULT);
    Files.writeString(directory.resolve("proc/1/wchan"), "do_sigtimedwait.isra.0");
    assertThat(read().above()).extracting(Ancestor::sigterm).containsExactly(SignalFate.TAKEN);
  }

  @Test
  void onTheMachineItself_theChainIsNobodysBusiness() throws IOException {
    space("pid:[4026531836]");
    process("self", "java", 1, JVM, "java", "Main");
    process("1", "sh", 0, SHELL, "sh");
    assertThat(read().above()).isEmpty();
  }

  @Test
  void processOne_hasNobodyAbove() throws IOException {
    space("pid:[4026532213]");
    process("self", "java", 0, JVM, "java", "Main");
    assertThat(read().above()).isEmpty();
  }

  /** As with docker exec: the parent is outside, and nobody sends a stop signal. */
  @Test
  void chainThatDoesNotEndInProcessOne_isNotJudged() throws IOException {
    space("pid:[4026532213]");
    process("self", "java", 40, JVM, "java", "Main");
    process("40", "sh", 0, SHELL, "sh");
    process("1", "sh", 0, SHELL, "sh");
    assertThat(read().above()).isEmpty();
  }

  @Test
  void readsOptionsFromEverywhere() throws IOException {
    Path file = directory.resolve("args");
    Files.writeString(file, "-Da=b\n-XX:+ExitOnOutOfMemoryError\n");
    process(
        "self", "java", 1, JVM, "java", "@" + file, "-cp", "-Xrs", "-Xmx1g", "Main", "-XX:+Other");
    Map<String, String> environment =
        Map.of("JAVA_TOOL_OPTIONS", " -Done  -Dtwo", "JDK_JAVA_OPTIONS", "-Xss1m");
    assertThat(reader().read(environment, 0).jvmOptions())
        .containsExactly(
            "-Done", "-Dtwo", "-Xss1m", "-Da=b", "-XX:+ExitOnOutOfMemoryError", "-cp", "-Xmx1g");
    process("self", "java", 1, JVM, "java", "-Xrs", "-jar", "-Xmx1g.jar", "-Xnot");
    assertThat(read().jvmOptions()).containsExactly("-Xrs");
  }

  @Test
  void readsMounts_theDeepestAndLatestWins() throws IOException {
    process("self", "java", 1, JVM, "java");
    Files.writeString(
        directory.resolve("proc/self/mountinfo"),
        """
        700 600 0:83 / / rw,relatime master:3 - overlay overlay rw,lowerdir=/a:/b
        701 700 8:1 /pods/1/volumes/x /var/lib/my\\040data rw,relatime - ext4 /dev/sda1 rw
        702 700 0:90 / /var/lib rw shared:1 master:2 propagate_from:3 - tmpfs tmpfs rw
        703 700 0:91 / /var/lib rw - xfs /dev/sdb rw
        nonsense
        """);
    Surroundings here = read();
    assertThat(here.mountOf(Path.of("/var/lib/my data/store")))
        .isEqualTo(new Mount("/pods/1/volumes/x", Path.of("/var/lib/my data"), "ext4"));
    assertThat(here.mountOf(Path.of("/var/lib/other"))).extracting("type").isEqualTo("xfs");
    assertThat(here.mountOf(Path.of("/var/libother"))).extracting("type").isEqualTo("overlay");
  }

  @Test
  void readsTheMemoryLimit() throws IOException {
    Path cgroup = directory.resolve("cgroup");
    assertThat(read().memoryLimit()).isZero();
    Files.createDirectories(cgroup.resolve("memory"));
    Files.writeString(cgroup.resolve("memory/memory.limit_in_bytes"), "9223372036854771712\n");
    assertThat(read().memoryLimit()).isZero();
    Files.writeString(cgroup.resolve("memory/memory.limit_in_bytes"), "536870912\n");
    assertThat(read().memoryLimit()).isEqualTo(536870912);
    Files.writeString(cgroup.resolve("memory.max"), "max\n");
    assertThat(read().memoryLimit()).isZero();
    Files.writeString(cgroup.resolve("memory.max"), "1048576\n");
    assertThat(read().memoryLimit()).isEqualTo(1048576);
  }

  @Test
  void anotherSystem_isUnknownAndQuiet() {
    Surroundings here =
        new LinuxSurroundings(directory.resolve("none"), directory.resolve("none"))
            .read(Map.of(), 1L << 30);
    assertThat(here.sigterm()).isEqualTo(SignalFate.UNKNOWN);
    assertThat(here.mounts()).isEmpty();
    assertThat(ProcessChecks.of(here)).isEmpty();
  }

  private void space(String name) throws IOException {
    Path link = directory.resolve("proc/self/ns/pid");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(name));
  }

  private void process(String id, String name, int parent, String signals, String... command)
      throws IOException {
    Path files = directory.resolve("proc").resolve(id);
    Files.createDirectories(files);
    Files.writeString(
        files.resolve("status"),
        "Name:\t" + name + "\nUmask:\t0022\nPPid:\t" + parent + "\n" + signals);
    Files.writeString(files.resolve("cmdline"), String.join("\0", command) + "\0");
  }

  private LinuxSurroundings reader() {
    return new LinuxSurroundings(directory.resolve("proc"), directory.resolve("cgroup"));
  }

  private Surroundings read() {
    return reader().read(Map.of(), 0);
  }
}
