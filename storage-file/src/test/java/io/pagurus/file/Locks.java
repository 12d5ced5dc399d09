package io.pagurus.file;

import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.internal.log.Seal;
import io.pagurus.internal.log.Tip;
import io.pagurus.internal.log.Turn;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.OwnerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/** What a turn is asked with. */
final class Locks {
  static final OwnerId OWNER =
      new OwnerId(
          new UUID(1, 1),
          17,
          "web-1",
          "boot",
          Instant.EPOCH,
          Instant.parse("2026-01-01T00:00:00Z"));

  private Locks() {}

  static BackendRequest request(OwnershipPolicy policy, Duration wait) {
    return new BackendRequest(
        "file:test",
        "checkout",
        OWNER,
        policy,
        wait,
        Duration.ofSeconds(10),
        DamagePolicy.FAIL,
        false,
        Clock.systemUTC());
  }

  static Turn.Look look(long epoch, boolean released) {
    Seal seal = new Seal(new UUID(2, 2), epoch - 1, new UUID(3, 3), OWNER, Instant.EPOCH);
    return new Turn.Look(new Tip(epoch, seal, ""), released);
  }

  static Supplier<Turn.Look> looking(long epoch) {
    return () -> look(epoch, false);
  }
}
