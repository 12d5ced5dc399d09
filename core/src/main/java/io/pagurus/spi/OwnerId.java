package io.pagurus.spi;

import java.time.Instant;
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

  /** For people: {@code pid 17 on host web-1 since 2026-01-01T00:00:00Z}. */
  public String describe() {
    return "pid " + pid + " on host " + host + " since " + openedAt;
  }
}
