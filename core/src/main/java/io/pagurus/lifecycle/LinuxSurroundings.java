package io.pagurus.lifecycle;

import io.pagurus.lifecycle.Surroundings.Ancestor;
import io.pagurus.lifecycle.Surroundings.Mount;
import io.pagurus.lifecycle.Surroundings.SignalFate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link Surroundings} from the file systems {@code /proc} and {@code /sys} of Linux. Where a
 * file is missing or of another shape (another system, a sandbox) what it would tell is unknown.
 *
 * <p>It does not use {@code java.lang.management}: loading that takes 25 to 100 ms at start
 * (measured on JDK 17), these files take about one.
 */
final class LinuxSurroundings {
  /** The process id space of the machine itself always has this number; containers have others. */
  private static final String SPACE_OF_THE_MACHINE = "pid:[4026531836]";

  /** They pass signals on, that is what they are for. */
  private static final Set<String> INITS =
      Set.of("tini", "tini-static", "docker-init", "podman-init", "catatonit", "dumb-init");

  private static final int SIGTERM = 15;
  private static final int LONGEST_CHAIN = 64;
  private static final long NO_LIMIT =
      Long.MAX_VALUE / 2; // version 1 writes a huge number for none

  private final Path proc;
  private final Path cgroup;

  LinuxSurroundings(Path proc, Path cgroup) {
    this.proc = proc;
    this.cgroup = cgroup;
  }

  /** This process, here. */
  static Surroundings ofThisProcess() {
    return new LinuxSurroundings(Path.of("/proc"), Path.of("/sys/fs/cgroup"))
        .read(System.getenv(), Runtime.getRuntime().maxMemory());
  }

  Surroundings read(Map<String, String> environment, long maxHeap) {
    ProcessStatus self = ProcessStatus.parse(text(proc.resolve("self/status")));
    return new Surroundings(
        self.sigterm(),
        isContainer() ? above(self) : List.of(),
        JvmOptions.of(words(proc.resolve("self/cmdline")), environment),
        mounts(),
        memoryLimit(),
        maxHeap);
  }

  private boolean isContainer() {
    try {
      String space = Files.readSymbolicLink(proc.resolve("self/ns/pid")).toString();
      return !space.equals(SPACE_OF_THE_MACHINE);
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      return false;
    }
  }

  private List<Ancestor> above(ProcessStatus self) {
    List<Ancestor> chain = new ArrayList<>();
    long pid = self.parent();
    while (pid > 0 && chain.size() < LONGEST_CHAIN) {
      Path directory = proc.resolve(Long.toString(pid));
      ProcessStatus status = ProcessStatus.parse(text(directory.resolve("status")));
      String command = String.join(" ", words(directory.resolve("cmdline")));
      SignalFate fate =
          awaitsSignals(directory, status.name()) ? SignalFate.TAKEN : status.sigterm();
      chain.add(new Ancestor(pid, command.isEmpty() ? status.name() : command, fate));
      pid = pid == 1 ? 0 : status.parent();
    }
    boolean complete = !chain.isEmpty() && chain.get(chain.size() - 1).pid() == 1;
    return complete ? chain : List.of();
  }

  /**
   * Whether the process waits for signals by {@code sigtimedwait}, as tini does: meanwhile the
   * kernel shows them as not blocked (measured), like those of a process that does not care. The
   * file {@code wchan} tells where it sleeps, but not to every user and not at every moment.
   */
  private static boolean awaitsSignals(Path process, String name) {
    return INITS.contains(name) || text(process.resolve("wchan")).contains("sigtimedwait");
  }

  private List<Mount> mounts() {
    List<Mount> mounts = new ArrayList<>();
    for (String line : text(proc.resolve("self/mountinfo")).split("\n", -1)) {
      // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw
      String[] fields = line.split(" ", -1);
      int separator = List.of(fields).indexOf("-");
      if (separator < 6 || fields.length < separator + 2) {
        continue;
      }
      try {
        mounts.add(
            new Mount(unescaped(fields[3]), Path.of(unescaped(fields[4])), fields[separator + 1]));
      } catch (InvalidPathException e) {
        continue; // a name that Java cannot express is none that a store is opened with
      }
    }
    return mounts;
  }

  /** Space, tab, newline and backslash are written as three octal digits. */
  private static String unescaped(String field) {
    return field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }

  private long memoryLimit() {
    String limit = text(cgroup.resolve("memory.max")).strip();
    if (limit.isEmpty()) {
      limit = text(cgroup.resolve("memory/memory.limit_in_bytes")).strip();
    }
    try {
      long bytes = Long.parseLong(limit);
      return bytes > NO_LIMIT ? 0 : bytes;
    } catch (NumberFormatException e) {
      return 0; // "max", or not there
    }
  }

  private static List<String> words(Path file) {
    String text = text(file);
    return text.isEmpty()
        ? List.of()
        : List.of(text.substring(0, text.length() - 1).split("\0", -1));
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException | SecurityException e) {
      return "";
    }
  }

  /** What the file {@code status} of a process says. */
  private record ProcessStatus(String name, long parent, SignalFate sigterm) {

    static ProcessStatus parse(String text) {
      String name = "";
      long parent = 0;
      Long caught = null;
      Long ignored = null;
      Long blocked = null;
      for (String line : text.split("\n", -1)) {
        int colon = line.indexOf(':');
        String value = colon < 0 ? "" : line.substring(colon + 1).strip();
        switch (colon < 0 ? "" : line.substring(0, colon)) {
          case "Name" -> name = value;
          case "PPid" -> parent = value.matches("[0-9]{1,18}") ? Long.parseLong(value) : 0;
          case "SigCgt" -> caught = mask(value);
          case "SigIgn" -> ignored = mask(value);
          case "SigBlk" -> blocked = mask(value);
          default -> {}
        }
      }
      return new ProcessStatus(name, parent, fate(caught, ignored, blocked));
    }

    private static @Nullable Long mask(String hex) {
      try {
        return Long.parseUnsignedLong(hex, 16);
      } catch (NumberFormatException e) {
        return null;
      }
    }

    private static SignalFate fate(
        @Nullable Long caught, @Nullable Long ignored, @Nullable Long blocked) {
      if (caught == null || ignored == null || blocked == null) {
        return SignalFate.UNKNOWN;
      }
      // A process that blocks it waits for it in another way, as catatonit and systemd do.
      if (has(caught) || has(blocked)) {
        return SignalFate.TAKEN;
      }
      return has(ignored) ? SignalFate.IGNORED : SignalFate.DEFAULT;
    }

    private static boolean has(long mask) {
      return (mask & (1L << (SIGTERM - 1))) != 0;
    }
  }
}
