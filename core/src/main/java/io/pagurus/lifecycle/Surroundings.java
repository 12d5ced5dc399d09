package io.pagurus.lifecycle;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process and the platform as the doctor sees them. Immutable. What cannot be known here is
 * null, {@link SignalFate#UNKNOWN}, empty or zero, and then the doctor says nothing about it.
 *
 * @param sigterm what becomes of a SIGTERM that this process gets
 * @param above the processes above this one when it runs in a container (a process id space of its
 *     own): the parent first, process 1 last; empty when this is process 1, when there is no
 *     container, or when the chain does not end in process 1 ({@code docker exec})
 * @param jvmOptions the options of the JVM, from wherever it takes them
 * @param mounts what is mounted, in the order of mounting
 * @param memoryLimit how many bytes the platform lets the container have; zero for no limit
 * @param maxHeap how many bytes the heap may take
 */
record Surroundings(
    SignalFate sigterm,
    List<Ancestor> above,
    List<String> jvmOptions,
    List<Mount> mounts,
    long memoryLimit,
    long maxHeap) {

  /** What becomes of a signal in a process. */
  enum SignalFate {
    /** A handler runs, or the process waits for it: what it does then is not known. */
    TAKEN,
    /** The process ignores it. */
    IGNORED,
    /** What the system does by default: it ends the process, but never process 1. */
    DEFAULT,
    UNKNOWN
  }

  /** A process that is above this one. */
  record Ancestor(long pid, String command, SignalFate sigterm) {}

  /**
   * A mounted file system.
   *
   * @param root which directory of the file system is seen there
   * @param point where
   * @param type as the system names it
   */
  record Mount(String root, Path point, String type) {}

  Surroundings {
    above = List.copyOf(above);
    jvmOptions = List.copyOf(jvmOptions);
    mounts = List.copyOf(mounts);
  }

  /** The mount that {@code path} (absolute, without links) is on, or null. */
  @Nullable Mount mountOf(Path path) {
    Mount best = null;
    for (Mount mount : mounts) {
      if (path.startsWith(mount.point())
          && (best == null || mount.point().getNameCount() >= best.point().getNameCount())) {
        best = mount; // of two at the same place, the later one is on top
      }
    }
    return best;
  }
}
