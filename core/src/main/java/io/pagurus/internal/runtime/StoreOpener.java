package io.pagurus.internal.runtime;

import io.pagurus.DoctorMode;
import io.pagurus.Finding;
import io.pagurus.RestoreReport;
import io.pagurus.StateStore;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.engine.Engine;
import io.pagurus.internal.engine.EngineSettings;
import io.pagurus.internal.engine.Names;
import io.pagurus.lifecycle.Doctor;
import io.pagurus.lifecycle.GracePeriod;
import io.pagurus.lifecycle.ShutdownCoordinator;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.Recovery;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a store together: backend, ownership, engine, shutdown; in this order, and whatever can be
 * checked by reading before ownership is taken.
 */
public final class StoreOpener {
  private static final Duration SHORTEST_CAPTURE_INTERVAL = Duration.ofMillis(250);

  /** A final save that takes half as long again as expected shall fit half of what a stop has. */
  private static final int SAVES_IN_BUDGET = 3;

  private static final Logger log = LoggerFactory.getLogger(StateStore.class);

  private StoreOpener() {}

  /** Opens the store; see {@link StateStore#open} for what can go wrong. */
  public static StateStore open(StoreConfig config) {
    Names.check("store", config.name);
    long begin = System.nanoTime();
    GracePeriod grace =
        GracePeriod.of(
            config.gracePeriod, EnvironmentSettings.gracePeriod(System.getenv()), config.preStop);
    Codecs codecs = new Codecs(config.codecs, config.immutableTypes);
    StateBackend backend = connect(config);
    try {
      EngineSettings settings = settings(config, backend.info(), grace);
      List<Finding> findings = examine(config, backend, grace, settings.maxCommitInterval());
      StoreHead head = config.readOnly ? view(backend, config.name) : acquire(backend);
      RestoreReport report = report(backend, head, config, begin);
      Engine engine = new Engine(backend, head, settings, codecs, config.onOwnershipLost);
      engine.start();
      DefaultStore store = new DefaultStore(engine, codecs, config, grace, report, findings);
      if (config.saveOnShutdown && !config.readOnly) {
        ShutdownCoordinator.register(store);
      }
      tell(config, report);
      return store;
    } catch (RuntimeException | Error e) {
      closeAfter(e, backend);
      throw e;
    }
  }

  /** Before anybody is disturbed. What only looks or keeps nothing has nothing to lose. */
  private static List<Finding> examine(
      StoreConfig config, StateBackend backend, GracePeriod grace, Duration longestWait) {
    if (config.doctor == DoctorMode.OFF
        || config.readOnly
        || backend.info().survives() == BackendInfo.Survives.NOTHING) {
      return List.of();
    }
    List<Finding> findings =
        Doctor.look(backend.place(), grace.budget(), longestWait, config.doctorAccepts);
    Doctor.report(config.name, findings, config.doctor, log);
    return findings;
  }

  private static StoreHead acquire(StateBackend backend) {
    backend.inspect(); // format and damage are found before anybody is disturbed
    return backend.acquire();
  }

  private static StoreHead view(StateBackend backend, String store) {
    StoreHead head = backend.view();
    if (head.epoch() == 0) {
      throw new StoreUnavailableException(
          "There is no store '"
              + store
              + "' at "
              + backend.info().source()
              + ", and opening for reading only creates none. Check the URL (PAGURUS_URL) and the name"
              + " (PAGURUS_STORE), or try again when its owner has opened it once.");
    }
    return head;
  }

  private static void closeAfter(Throwable failure, StateBackend backend) {
    try {
      backend.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static StateBackend connect(StoreConfig config) {
    BackendProvider provider = config.backend;
    if (provider == null) {
      if (config.url == null) {
        throw new IllegalArgumentException(
            "Store '"
                + config.name
                + "' has no storage: give a url (PAGURUS_URL, for example jdbc:h2:./data/checkout) or a"
                + " backend.");
      }
      provider = Providers.of(config.url);
    }
    OwnerId self = ThisProcess.asOwner(config.clock, UUID.randomUUID());
    return provider.open(
        new BackendRequest(
            config.url,
            config.name,
            self,
            config.ownership,
            config.maxOwnershipWait,
            config.lease,
            config.damagePolicy,
            config.readOnly,
            config.clock));
  }

  private static EngineSettings settings(StoreConfig config, BackendInfo info, GracePeriod grace) {
    Duration commitInterval =
        config.commitInterval != null ? config.commitInterval : info.commitInterval();
    Duration maxCommitInterval =
        config.maxCommitInterval != null
            ? longer(config.maxCommitInterval, commitInterval)
            : commitInterval;
    Duration captureInterval =
        config.captureInterval != null
            ? config.captureInterval
            : longer(maxCommitInterval, SHORTEST_CAPTURE_INTERVAL);
    return new EngineSettings(
        config.name,
        config.readOnly,
        commitInterval,
        maxCommitInterval,
        grace.budget().dividedBy(SAVES_IN_BUDGET),
        captureInterval,
        config.captureBudget,
        config.maxWriteWait,
        config.maxReadWait,
        config.maxFlushWait,
        config.maxPendingBytes,
        config.maxBlockBytes,
        config.cacheBytes,
        config.retention,
        config.clock,
        UUID::randomUUID);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static RestoreReport report(
      StateBackend backend, StoreHead head, StoreConfig config, long begin) {
    Instant committedAt = head.committedAt();
    Duration age =
        committedAt == null ? Duration.ZERO : Duration.between(committedAt, config.clock.instant());
    Recovery recovery = backend.recovery();
    return new RestoreReport(
        backend.info().source(),
        head.version() == 0 && recovery.damage() == null && !config.readOnly,
        head.version(),
        committedAt,
        age.isNegative() ? Duration.ZERO : age,
        head.entries(),
        recovery.bytesRead(),
        recovery.bytesCut(),
        recovery.damage(),
        head.released(),
        head.owner(),
        head.epoch(),
        Duration.ofNanos(System.nanoTime() - begin));
  }

  private static void tell(StoreConfig config, RestoreReport report) {
    log.info("{}", RestoreLines.restored(config.name, report, config.readOnly));
    if (report.damage() != null) {
      log.warn("{}", RestoreLines.damage(config.name, report.damage()));
    }
    if (report.bytesCut() > 0) {
      log.info("{}", RestoreLines.cut(config.name, report));
    }
  }
}
