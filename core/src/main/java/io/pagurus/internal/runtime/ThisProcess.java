package io.pagurus.internal.runtime;

import io.pagurus.spi.OwnerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;

/** Describes the running process as an owner. */
final class ThisProcess {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");

  private ThisProcess() {}

  static OwnerId asOwner(Clock clock, UUID id) {
    ProcessHandle self = ProcessHandle.current();
    return new OwnerId(
        id,
        self.pid(),
        host(),
        pidSpace(),
        self.info().startInstant().orElse(Instant.EPOCH),
        clock.instant());
  }

  private static String host() {
    String name = System.getenv("HOSTNAME");
    if (name != null && !name.isBlank()) {
      return name;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /**
   * The machine's boot and the pid namespace: two containers of one host both have a process 1, and
   * only within one space does a pid say anything.
   */
  private static String pidSpace() {
    try {
      return Files.readString(BOOT_ID).trim() + " " + Files.readSymbolicLink(PID_NAMESPACE);
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      return ""; // not Linux, or not readable: nothing can be proven here, the lease decides
    }
  }
}
