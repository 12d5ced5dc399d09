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
import io.pagurus.lifecycle.GraceSources;
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
import java.util.Map;
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
    try (Preparation preparation = Preparation.begin()) {
      return open(config, begin);
    }
  }

  private static StateStore open(StoreConfig config, long begin) {
    GracePeriod grace = grace(config);
    StateBackend backend = provide(config);
    DefaultStore store;
    try {
      EngineSettings settings = settings(config, backend.info(), grace);
      List<Finding> findings = examine(config, backend, grace, settings.maxCommitInterval());
      Opened opened = acquire(config, backend);
      Codecs codecs = new Codecs(config.codecs, config.immutableTypes);
      Engine engine = new Engine(backend, opened.head(), settings, codecs, config.onOwnershipLost);
      engine.start();
      RestoreReport report = report(opened, engine, config, begin);
      store = new DefaultStore(engine, codecs, config, grace, report, engine::recovery, findings);
      tell(config, report, grace);
    } catch (RuntimeException | Error e) {
      closeAfter(e, backend);
      throw e;
    }
    store.takePartInShutdown();
    return store;
  }

  /** Storage that is ready to be used, and what was there before. */
  record Opened(StateBackend backend, StoreHead head, long ownerBefore) {}

  /** Connects once more, as another owner. */
  static Opened reopen(StoreConfig config) {
    StateBackend backend = provide(config);
    try {
      return acquire(config, backend);
    } catch (RuntimeException | Error e) {
      closeAfter(e, backend);
      throw e;
    }
  }

  /** Becomes the owner, unless it is for reading only. */
  private static Opened acquire(StoreConfig config, StateBackend backend) {
    if (config.readOnly) {
      StoreHead head = view(backend, config.name);
      return new Opened(backend, head, head.epoch());
    }
    StoreHead before = backend.inspect(); // format and damage are found before anybody is disturbed
    return new Opened(backend, backend.acquire(), before.epoch());
  }

  static GracePeriod grace(StoreConfig config) {
    Map<String, String> environment = System.getenv();
    Duration preStop =
        config.preStop != null ? config.preStop : EnvironmentSettings.preStop(environment);
    return GraceSources.ofThisProcess()
        .find(
            config.gracePeriod,
            EnvironmentSettings.gracePeriod(environment),
            preStop == null ? Duration.ZERO : preStop);
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

  private static StateBackend provide(StoreConfig config) {
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

  static RestoreReport report(Opened opened, Engine engine, StoreConfig config, long begin) {
    StoreHead head = opened.head();
    Instant committedAt = head.committedAt();
    Duration age =
        committedAt == null ? Duration.ZERO : Duration.between(committedAt, config.clock.instant());
    Recovery recovery = opened.backend().recovery();
    boolean nothing = head.version() == 0 && recovery.damage() == null;
    boolean livingOwner = config.readOnly && !head.released();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    return new RestoreReport(
        opened.backend().info().source(),
        nothing && !config.readOnly,
        head.version(),
        committedAt,
        age.isNegative() ? Duration.ZERO : age,
        head.entries(),
        recovery.bytesRead(),
        recovery.bytesCut(),
        recovery.damage(),
        head.released(),
        nothing || livingOwner
            ? null
            : engine.previousRun(opened.backend(), head, opened.ownerBefore()),
        head.owner(),
        head.epoch(),
        took,
        recovery.complete(),
        recovery.complete() && recovery.firstReadAfter() == null ? took : recovery.firstReadAfter(),
        recovery.complete() && recovery.completeAfter() == null ? took : recovery.completeAfter());
  }

  /** The same report as of now; nothing changes in it any more when it is complete. */
  static RestoreReport now(RestoreReport opened, Recovery recovery) {
    return new RestoreReport(
        opened.source(),
        opened.created(),
        opened.version(),
        opened.committedAt(),
        opened.age(),
        opened.entries(),
        recovery.bytesRead(),
        recovery.bytesCut(),
        recovery.damage(),
        opened.cleanStop(),
        opened.previousStop(),
        opened.previousOwner(),
        opened.epoch(),
        opened.took(),
        recovery.complete(),
        recovery.firstReadAfter(),
        recovery.completeAfter());
  }

  static void tell(StoreConfig config, RestoreReport report, GracePeriod grace) {
    log.info("{}", RestoreLines.restored(config.name, report, config.readOnly));
    if (report.previousStop() != null) {
      log.info("{}", RestoreLines.previousRun(config.name, report.previousStop()));
    }
    if (report.damage() != null) {
      log.warn("{}", RestoreLines.damage(config.name, report.damage()));
    }
    if (report.bytesCut() > 0) {
      log.info("{}", RestoreLines.cut(config.name, report));
    }
    if (!config.readOnly) {
      log.info(
          "Store '{}': a stop may take {} ms: a grace period of {} ms ({}), less {} ms preStop and a"
              + " margin of {} ms.",
          config.name,
          grace.budget().toMillis(),
          grace.total().toMillis(),
          grace.source(),
          grace.preStop().toMillis(),
          grace.margin().toMillis());
    }
  }
}
