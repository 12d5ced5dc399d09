package io.pagurus.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One process as an owner of a store.
 *
 * @param id random, new for every open
 * @param pid the process id, as the process itself sees it
 * @param host the host name, for people
 * @param pidSpace what the process id is relative to: the boot id of the machine and the inode of
 *     its pid namespace; empty where unknown. Only for equal, non-empty spaces may a pid be looked
 *     up
 * @param processStart when the process started, as {@link ProcessHandle.Info#startInstant} says;
 *     with {@code pid} and {@code pidSpace} it names one process for ever. {@link Instant#EPOCH}
 *     where unknown
 * @param openedAt when it asked for the store
 */
public record OwnerId(
    UUID id, long pid, String host, String pidSpace, Instant processStart, Instant openedAt) {

  /** Start times are told in steps of a clock tick, and by way of a clock that may be set. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

  /**
   * True when the operating system proves that this process has ended. False when it lives, and
   * when nothing can be told, because it ran in another pid space than {@code observer}.
   *
   * @param observer the running process
   */
  public boolean isProvenDead(OwnerId observer) {
    if (pidSpace.isEmpty() || !pidSpace.equals(observer.pidSpace)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty() || !process.get().isAlive()) {
      return true;
    }
    Optional<Instant> start = process.get().info().startInstant();
    return start.isPresent()
        && !processStart.equals(Instant.EPOCH)
        && Duration.between(processStart, start.get()).abs().compareTo(START_TOLERANCE) > 0;
  }

  /** For people: {@code pid 17 on host web-1 since 2026-01-01T00:00:00Z}. */
  public String describe() {
    return "pid " + pid + " on host " + host + " since " + openedAt;
  }
}
