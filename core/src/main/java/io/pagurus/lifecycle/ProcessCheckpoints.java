package io.pagurus.lifecycle;

import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of the whole process (CRaC), where {@code org.crac} is on the class path. On a JVM
 * that cannot make any, {@code org.crac} does nothing.
 */
public final class ProcessCheckpoints {
  private ProcessCheckpoints() {}

  /** What must not be open while the process is checkpointed. Thread-safe. */
  public interface Participant {
    /**
     * Saves and lets go of storage.
     *
     * @throws RuntimeException when that is not possible: the checkpoint is given up, and {@link
     *     #afterRestore} is called at once
     */
    void beforeCheckpoint();

    /** Takes storage up again; does nothing where it was not let go of. */
    void afterRestore();
  }

  /**
   * Takes part in checkpoints as long as the answer is reachable; null without {@code org.crac}.
   */
  public static @Nullable Object register(Participant participant) {
    try {
      // By name: this class must load where org.crac is missing.
      Class.forName("org.crac.Resource", false, ProcessCheckpoints.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      return null;
    }
    return CracResource.register(participant);
  }
}
