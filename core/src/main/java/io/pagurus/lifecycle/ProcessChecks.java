package io.pagurus.lifecycle;

import io.pagurus.Finding;
import io.pagurus.lifecycle.Surroundings.Ancestor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with the process that a store is opened in: a stop would not reach its hooks. */
final class ProcessChecks {
  static final String NOT_CAUGHT = "sigterm-not-caught";
  static final String SWALLOWED = "sigterm-swallowed";
  static final String OUT_OF_MEMORY = "out-of-memory-skips-hooks";
  static final String HEAP = "heap-above-memory-limit";

  static final Set<String> IDS = Set.of(NOT_CAUGHT, SWALLOWED, OUT_OF_MEMORY, HEAP);

  private static final int MOST_PERCENT = 90;
  private static final int LONGEST_COMMAND = 80;

  private ProcessChecks() {}

  static List<Finding> of(Surroundings here) {
    List<Finding> findings = new ArrayList<>();
    add(findings, notCaught(here));
    add(findings, swallowed(here.above()));
    add(findings, outOfMemory(here.jvmOptions()));
    add(findings, heap(here));
    return findings;
  }

  private static void add(List<Finding> findings, @Nullable Finding finding) {
    if (finding != null) {
      findings.add(finding);
    }
  }

  private static @Nullable Finding notCaught(Surroundings here) {
    return switch (here.sigterm()) {
      case TAKEN, UNKNOWN -> null;
      case IGNORED ->
          new Finding(
              NOT_CAUGHT,
              "this JVM was started with SIGTERM ignored",
              "A stop has no effect until the platform kills the process: what is not committed by"
                  + " then is lost",
              "Start it from a process that does not ignore SIGTERM (no trap '' TERM in a start"
                  + " script)");
      case DEFAULT ->
          new Finding(
              NOT_CAUGHT,
              "SIGTERM is not caught by this JVM"
                  + (here.jvmOptions().contains("-Xrs") ? " (-Xrs is among its options)" : ""),
              "A stop ends it at once and without shutdown hooks: what is not committed by then is"
                  + " lost",
              "Remove -Xrs from the command line, JAVA_TOOL_OPTIONS and JDK_JAVA_OPTIONS");
    };
  }

  /**
   * The platform sends SIGTERM to process 1 only. Process 1 is special: what it does not take has
   * no effect on it. Any other process that does not take it ends, and passes nothing on.
   */
  private static @Nullable Finding swallowed(List<Ancestor> above) {
    if (above.isEmpty() || isServiceManager(above.get(above.size() - 1))) {
      return null;
    }
    for (int i = above.size() - 1; i >= 0; i--) {
      Ancestor process = above.get(i);
      switch (process.sigterm()) {
        case TAKEN, UNKNOWN -> {} // whether it passes it on cannot be seen
        case IGNORED -> {
          return ignores(process);
        }
        case DEFAULT -> {
          return process.pid() == 1 ? ignores(process) : ends(process);
        }
      }
    }
    return null;
  }

  private static Finding ignores(Ancestor process) {
    return swallowed(
        process,
        "does not react to SIGTERM",
        "A stop never reaches this JVM; at the end of the grace period it is killed, and what is not"
            + " committed by then is lost");
  }

  private static Finding ends(Ancestor process) {
    return swallowed(
        process,
        "ends on SIGTERM without passing it on",
        "A stop ends that process, and then the container with this JVM in it, without shutdown"
            + " hooks: what is not committed by then is lost");
  }

  private static Finding swallowed(Ancestor process, String what, String why) {
    String command = process.command();
    String shown =
        command.length() <= LONGEST_COMMAND
            ? command
            : command.substring(0, LONGEST_COMMAND) + "...";
    return new Finding(
        SWALLOWED,
        "process "
            + process.pid()
            + " (`"
            + shown
            + "`) stands between the platform and this JVM and "
            + what,
        why,
        "Start Java as process 1 or directly below an init: ENTRYPOINT [\"java\", ...] (the form with"
            + " brackets), `exec java ...` in a script, or `tini -- java ...`");
  }

  /** It stops services by itself, each process of theirs, and does not rely on passing on. */
  private static boolean isServiceManager(Ancestor first) {
    String program = first.command().split(" ", 2)[0];
    String name = program.substring(program.lastIndexOf('/') + 1);
    return name.equals("systemd") || name.equals("init");
  }

  private static @Nullable Finding outOfMemory(List<String> options) {
    for (String flag : List.of("ExitOnOutOfMemoryError", "CrashOnOutOfMemoryError")) {
      if (JvmOptions.isOn(options, flag)) {
        return new Finding(
            OUT_OF_MEMORY,
            "-XX:+" + flag + " is among the options of this JVM",
            "When memory runs out it ends on the spot and without shutdown hooks: what is not"
                + " committed by then is lost",
            "Use -XX:OnOutOfMemoryError=\"kill -TERM %p\" instead: that stops it in the usual way");
      }
    }
    return null;
  }

  private static @Nullable Finding heap(Surroundings here) {
    long limit = here.memoryLimit();
    if (limit <= 0 || here.maxHeap() / 100.0 <= limit / 100.0 * (MOST_PERCENT / 100.0)) {
      return null;
    }
    return new Finding(
        HEAP,
        String.format(
            Locale.ROOT,
            "the heap may grow to %d MiB, and the container may have %d MiB in all",
            here.maxHeap() >> 20,
            limit >> 20),
        "The kernel kills the container before Java runs out of memory (exit code 137), without"
            + " shutdown hooks: what is not committed by then is lost",
        "Lower -Xmx, or use -XX:MaxRAMPercentage=75 instead of it, or raise the limit");
  }
}
