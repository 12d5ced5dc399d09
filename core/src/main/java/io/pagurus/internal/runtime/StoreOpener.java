package io.pagurus.internal.runtime;

import io.pagurus.RestoreReport;
import io.pagurus.StateStore;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.engine.Engine;
import io.pagurus.internal.engine.EngineSettings;
import io.pagurus.internal.engine.Names;
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

  private static final Logger log = LoggerFactory.getLogger(StateStore.class);

  private StoreOpener() {}

  /** Opens the store; see {@link StateStore#open} for what can go wrong. */
  public static StateStore open(StoreConfig config) {
    Names.check("store", config.name);
    long begin = System.nanoTime();
    Codecs codecs = new Codecs(config.codecs, config.immutableTypes);
    GracePeriod grace = grace(config);
    Opened opened = connect(config);
    DefaultStore store;
    try {
      Engine engine =
          new Engine(
              opened.backend(),
              opened.head(),
              settings(config, opened.backend().info()),
              codecs,
              config.onOwnershipLost);
      engine.start();
      RestoreReport report = report(opened, engine, config, begin);
      store = new DefaultStore(engine, codecs, config, grace, report, engine::recovery);
      tell(config, report, grace);
    } catch (RuntimeException | Error e) {
      closeAfter(e, opened.backend());
      throw e;
    }
    store.takePartInShutdown();
    return store;
  }

  /** Storage that is ready to be used, and what was there before. */
  record Opened(StateBackend backend, StoreHead head, long ownerBefore) {}

  /** Connects, and becomes the owner unless it is for reading only. */
  static Opened connect(StoreConfig config) {
    StateBackend backend = provide(config);
    try {
      if (config.readOnly) {
        StoreHead head = view(backend, config.name);
        return new Opened(backend, head, head.epoch());
      }
      StoreHead before =
          backend.inspect(); // format and damage are found before anybody is disturbed
      return new Opened(backend, backend.acquire(), before.epoch());
    } catch (RuntimeException | Error e) {
      closeAfter(e, backend);
      throw e;
    }
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

  private static EngineSettings settings(StoreConfig config, BackendInfo info) {
    Duration commitInterval =
        config.commitInterval != null ? config.commitInterval : info.commitInterval();
    Duration captureInterval = config.captureInterval;
    if (captureInterval == null) {
      captureInterval =
          commitInterval.compareTo(SHORTEST_CAPTURE_INTERVAL) > 0
              ? commitInterval
              : SHORTEST_CAPTURE_INTERVAL;
    }
    return new EngineSettings(
        config.name,
        config.readOnly,
        commitInterval,
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
