package io.pagurus.internal.runtime;

import io.pagurus.CheckpointRetention;
import io.pagurus.DamagePolicy;
import io.pagurus.DoctorMode;
import io.pagurus.Durability;
import io.pagurus.Lifecycle;
import io.pagurus.OwnershipLostException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.lifecycle.Doctor;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.CodecProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@link io.pagurus.StateStoreBuilder} has collected. Every field, its default and its unit is
 * documented there. Mutable until {@link #copy}; not thread-safe.
 */
public final class StoreConfig implements Cloneable {
  public @Nullable String url;
  public @Nullable BackendProvider backend;
  public String name = "default";

  public Durability durability = Durability.ASYNC;
  public @Nullable Duration commitInterval;
  public @Nullable Duration maxCommitInterval;
  public @Nullable Duration captureInterval;
  public OwnershipPolicy ownership = OwnershipPolicy.WAIT;
  public Duration maxOwnershipWait = Duration.ofSeconds(60);
  public Duration lease = Duration.ofSeconds(10);
  public DamagePolicy damagePolicy = DamagePolicy.FAIL;
  public boolean readOnly;
  public CheckpointRetention retention = CheckpointRetention.DEFAULT;
  public Duration maxWriteWait = Duration.ofSeconds(10);
  public Duration maxReadWait = Duration.ofSeconds(10);
  public Duration maxFlushWait = Duration.ofSeconds(60);
  public @Nullable Duration gracePeriod;
  public @Nullable Duration preStop;
  public Lifecycle lifecycle = Lifecycle.AUTOMATIC;
  public boolean watchdog;
  public boolean checkpointOnShutdown;
  public DoctorMode doctor = DoctorMode.WARN;
  public Set<String> doctorAccepts = Set.of();
  public Consumer<OwnershipLostException> onOwnershipLost = lost -> {};
  public @Nullable CodecProvider codecs;
  public Set<Class<?>> immutableTypes = Set.of();

  public long maxPendingBytes = 64L << 20;
  public long maxBlockBytes = 32L << 20;
  public long cacheBytes = 64L << 20;
  public Duration captureBudget = Duration.ofMillis(1);

  /** The wall clock; tests replace it. */
  public Clock clock = Clock.systemUTC();

  /** See {@link io.pagurus.StateStoreBuilder#doctorAccepts}. */
  public void acceptFindings(String... ids) {
    Set<String> accepted = new HashSet<>(List.of(ids));
    Doctor.checkIds(accepted);
    doctorAccepts = Set.copyOf(accepted);
  }

  StoreConfig copyUnchecked() throws CloneNotSupportedException {
    return (StoreConfig) clone();
  }

  /** An independent copy: what the builder changes later does not reach an open store. */
  public StoreConfig copy() {
    try {
      return copyUnchecked();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
