package io.pagurus.internal.engine;

import io.pagurus.CheckpointRetention;
import io.pagurus.DamagePolicy;
import io.pagurus.Durability;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateMap;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.memory.MemoryStorage;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StateBackend;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Measures for how long a cut keeps the gate closed, with a store of a given size. */
public final class CutProbe {
  private static final int CUTS = 200;
  private static final int DIRTY = 1000;

  private CutProbe() {}

  /**
   * Median microseconds that the gate is closed for a cut that takes 1,000 changes.
   *
   * @param entries how many entries the store holds
   */
  public static double medianMicros(int entries) {
    StateBackend backend =
        new MemoryStorage()
            .open(
                new BackendRequest(
                    "memory:",
                    "probe",
                    new OwnerId(UUID.randomUUID(), 1, "here", "", Instant.EPOCH, Instant.EPOCH),
                    OwnershipPolicy.TAKE_OVER,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    DamagePolicy.FAIL,
                    false,
                    Clock.systemUTC()));
    Engine engine =
        new Engine(backend, backend.acquire(), settings(), new Codecs(null, Set.of()), lost -> {});
    engine.start();
    StateMap<Integer, Long> map =
        MapHandle.open(engine, "map", Integer.class, Long.class, Durability.ASYNC);
    for (int i = 0; i < entries; i++) {
      map.put(i, (long) i);
    }
    engine.flush();
    List<Double> micros = new ArrayList<>();
    for (int cut = 0; cut < CUTS; cut++) {
      for (int i = 0; i < DIRTY; i++) {
        map.put((cut * 31 + i) % entries, (long) i);
      }
      engine.gate().forgetLongest();
      engine.flush();
      micros.add(engine.gate().longestClosedNanos() / 1000.0);
    }
    engine.close(Deadline.in(Duration.ofSeconds(10)));
    Collections.sort(micros);
    return micros.get(CUTS / 2);
  }

  private static EngineSettings settings() {
    return new EngineSettings(
        "probe",
        false,
        Duration.ofDays(1),
        Duration.ofDays(1),
        Duration.ofDays(1),
        Duration.ofDays(1),
        Duration.ofMillis(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        256L << 20,
        32L << 20,
        64L << 20,
        CheckpointRetention.DEFAULT,
        Clock.systemUTC(),
        UUID::randomUUID);
  }
}
