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
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;

/** Measures for how long cuts keep the gate closed, with a store of a given size. */
public final class CutProbe implements AutoCloseable {
  private final int entries;
  private final Engine engine;
  private final StateMap<Integer, Long> map;
  private int next;

  /** Fills a store in memory. */
  public CutProbe(int entries) {
    this.entries = entries;
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
    engine =
        new Engine(backend, backend.acquire(), settings(), new Codecs(null, Set.of()), lost -> {});
    engine.start();
    map = MapHandle.open(engine, "map", Integer.class, Long.class, Durability.ASYNC);
    for (int i = 0; i < entries; i++) {
      map.put(i, (long) i);
    }
    engine.flush();
  }

  /**
   * Microseconds that the gate is closed for each of {@code cuts} cuts, in ascending order: as long
   * as that, writers wait.
   *
   * @param dirty how many changes each cut takes
   */
  public double[] micros(int dirty, int cuts) {
    double[] micros = new double[cuts];
    for (int cut = 0; cut < cuts; cut++) {
      for (int i = 0; i < dirty; i++) {
        map.put(next, (long) i);
        next = next + 1 == entries ? 0 : next + 1;
      }
      engine.gate().forgetLongest();
      engine.flush();
      micros[cut] = engine.gate().longestClosedNanos() / 1000.0;
    }
    Arrays.sort(micros);
    return micros;
  }

  @Override
  public void close() {
    engine.end(Deadline.in(Duration.ofSeconds(10)));
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
