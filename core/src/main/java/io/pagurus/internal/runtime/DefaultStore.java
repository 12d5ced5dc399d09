package io.pagurus.internal.runtime;

import static java.util.Objects.requireNonNull;

import io.pagurus.Checkpoint;
import io.pagurus.Durability;
import io.pagurus.Finding;
import io.pagurus.RestoreReport;
import io.pagurus.ShutdownReport;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
import io.pagurus.StoreClosedException;
import io.pagurus.StoreState;
import io.pagurus.StoreStatus;
import io.pagurus.StoreUnavailableException;
import io.pagurus.TypeRef;
import io.pagurus.internal.bind.BeanBinder;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.engine.CounterHandle;
import io.pagurus.internal.engine.Deadline;
import io.pagurus.internal.engine.Engine;
import io.pagurus.internal.engine.MapHandle;
import io.pagurus.internal.engine.Names;
import io.pagurus.internal.engine.StoreThreads;
import io.pagurus.internal.engine.Suspension;
import io.pagurus.internal.engine.ValueHandle;
import io.pagurus.lifecycle.GracePeriod;
import io.pagurus.lifecycle.ProcessCheckpoints;
import io.pagurus.lifecycle.Registration;
import io.pagurus.lifecycle.Rehearsal;
import io.pagurus.lifecycle.ShutdownCoordinator;
import io.pagurus.lifecycle.Stoppable;
import io.pagurus.spi.Recovery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store that users hold: it hands everything on to the engine. Thread-safe. */
final class DefaultStore implements StateStore, Stoppable, ProcessCheckpoints.Participant {
  /** What a stop gives to {@code @BeforeCheckpoint} methods, at most. */
  private static final Duration MAX_HOOK_TIME = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(StateStore.class);

  private final Engine engine;
  private final Codecs codecs;
  private final StoreConfig config;
  private final Supplier<Recovery> recovery;
  private final List<Finding> findings;
  private final String source;

  /** Replaced until it is complete, and when storage is taken up again. */
  private volatile RestoreReport report;

  private volatile Registration registration;

  /** Keeps {@link ProcessCheckpoints} from forgetting this store. */
  @SuppressWarnings("unused")
  private volatile @Nullable Object processCheckpoints;

  private volatile @Nullable Suspension suspension;

  DefaultStore(
      Engine engine,
      Codecs codecs,
      StoreConfig config,
      GracePeriod grace,
      RestoreReport report,
      Supplier<Recovery> recovery,
      List<Finding> findings) {
    this.recovery = recovery;
    this.engine = engine;
    this.codecs = codecs;
    this.config = config;
    this.report = report;
    this.findings = findings;
    this.source = report.source();
    this.registration = ShutdownCoordinator.ofThisJvm().unmanaged(this, grace);
  }

  @Override
  public String name() {
    return config.name;
  }

  @Override
  public <K, V> StateMap<K, V> map(String name, Class<K> keys, Class<V> values) {
    return MapHandle.open(
        engine,
        name,
        requireNonNull(keys, "keys"),
        requireNonNull(values, "values"),
        config.durability);
  }

  @Override
  public <K, V> StateMap<K, V> map(String name, TypeRef<K> keys, TypeRef<V> values) {
    return MapHandle.open(engine, name, keys.type(), values.type(), config.durability);
  }

  @Override
  public <T> StateValue<T> value(String name, Class<T> type) {
    return ValueHandle.open(engine, name, requireNonNull(type, "type"), config.durability);
  }

  @Override
  public <T> StateValue<T> value(String name, TypeRef<T> type) {
    return ValueHandle.open(engine, name, type.type(), config.durability);
  }

  @Override
  public StateCounter counter(String name) {
    return CounterHandle.open(engine, name, config.durability);
  }

  @Override
  public <T> T bind(T bean) {
    engine.beans().checkBindable();
    engine.beans().bind(BeanBinder.prepare(requireNonNull(bean, "bean"), this, codecs));
    return bean;
  }

  @Override
  public void update(Runnable block) {
    update(config.durability, block);
  }

  @Override
  public <T extends @Nullable Object> T update(Supplier<T> block) {
    return engine.update(requireNonNull(block, "block"), config.durability);
  }

  @Override
  public void update(Durability durability, Runnable block) {
    requireNonNull(block, "block");
    engine.<@Nullable Void>update(
        () -> {
          block.run();
          return null;
        },
        requireNonNull(durability, "durability"));
  }

  @Override
  public void flush() {
    engine.flush();
  }

  @Override
  public CompletionStage<Void> whenDurable() {
    return engine.whenDurable();
  }

  @Override
  public Checkpoint checkpoint() {
    return engine.checkpoint(null);
  }

  @Override
  public Checkpoint checkpoint(String label) {
    Names.check("checkpoint label", label);
    return engine.checkpoint(label);
  }

  @Override
  public List<Checkpoint> checkpoints() {
    return engine.checkpoints();
  }

  @Override
  public boolean dropCheckpoint(String id) {
    return engine.dropCheckpoint(requireNonNull(id, "id"));
  }

  @Override
  public void restore(String id) {
    engine.restore(requireNonNull(id, "id"));
  }

  @Override
  public void verifyOwnership() {
    engine.verifyOwnership();
  }

  @Override
  public StoreStatus status() {
    Engine.Snapshot now = engine.snapshot();
    return new StoreStatus(
        config.name,
        source,
        now.state(),
        now.problem(),
        report.epoch(),
        now.version(),
        now.lastCommitAt(),
        now.commits(),
        now.pendingBytes(),
        now.lossWindow(),
        now.unsavedFor(),
        now.captureFailures(),
        restoreReport(),
        now.usage(),
        findings(now.slowStorage()));
  }

  private List<Finding> findings(@Nullable Finding slowStorage) {
    return slowStorage == null
        ? findings
        : Stream.concat(findings.stream(), Stream.of(slowStorage)).toList();
  }

  private RestoreReport restoreReport() {
    RestoreReport known = report;
    if (!known.complete()) {
      known = StoreOpener.now(known, recovery.get());
      report = known;
    }
    return known;
  }

  /**
   * From now on the stop of the process stops this store.
   *
   * @throws StoreClosedException when the process is ending; the store is closed again then
   */
  void takePartInShutdown() {
    if (config.readOnly) {
      return; // there is nothing to save
    }
    Registration alone = registration;
    try {
      registration =
          ShutdownCoordinator.ofThisJvm()
              .register(this, alone.grace(), config.lifecycle, config.watchdog);
    } catch (StoreClosedException e) {
      alone.close();
      throw e;
    }
    processCheckpoints = ProcessCheckpoints.register(this);
    Rehearsal.begin();
  }

  @Override
  public void close() {
    engine.checkClosable();
    ShutdownReport stop = registration.close();
    if (stop != null && !stop.saved() && status().state() != StoreState.FENCED) {
      throw new StoreUnavailableException(
          "Store '"
              + config.name
              + "' was closed, but its last changes ("
              + stop.bytesSaved()
              + " bytes) could not be saved to "
              + source
              + " in time: "
              + String.join("; ", stop.leftOut())
              + ". What flush() or whenDurable() had confirmed is safe.");
    }
  }

  // ---- Stoppable --------------------------------------------------------------------------------

  @Override
  public Instant now() {
    return config.clock.instant();
  }

  @Override
  public Duration lossWindow() {
    return engine.snapshot().lossWindow();
  }

  @Override
  public void commitSoon() {
    engine.commitSoon();
  }

  @Override
  public @Nullable String quiesce(Deadline deadline) {
    if (!config.readOnly) {
      runHooks(deadline);
    }
    return engine.endWriting(deadline);
  }

  @Override
  public Saved save(ShutdownReport stop, Deadline deadline) {
    Engine.Farewell farewell = engine.save(stop, deadline);
    return new Saved(farewell.saved(), farewell.problem(), farewell.bytes());
  }

  @Override
  public Released release(ShutdownReport stop, Deadline deadline) {
    Engine.Released released = engine.release(stop, config.checkpointOnShutdown, deadline);
    return new Released(released.released(), released.problem());
  }

  @Override
  public void end(Deadline deadline) {
    engine.end(deadline);
  }

  // ---- checkpoints of the process ---------------------------------------------------------------

  @Override
  public void beforeCheckpoint() {
    if (status().state() == StoreState.CLOSED) {
      return;
    }
    GracePeriod grace = registration.grace();
    ShutdownReport goodbye =
        new ShutdownReport(
            config.name,
            ShutdownReport.Trigger.PROCESS_CHECKPOINT,
            now(),
            "",
            grace.total(),
            config.maxFlushWait,
            Map.of(),
            true,
            true,
            engine.snapshot().pendingBytes(),
            List.of(),
            Duration.ZERO);
    suspension = engine.suspend(goodbye, this::openAgain);
    log.info("Store '{}' saved and released: the process is being checkpointed.", config.name);
  }

  @Override
  public void afterRestore() {
    Suspension begun = suspension;
    suspension = null;
    if (begun != null) {
      begun.end();
    }
  }

  /** As another owner: the image may be restored many times, and each needs an epoch of its own. */
  private Suspension.Resumed openAgain() {
    long begin = System.nanoTime();
    StoreOpener.Opened opened = StoreOpener.reopen(config);
    report = StoreOpener.report(opened, engine, config, begin);
    StoreOpener.tell(config, report, registration.grace());
    return new Suspension.Resumed(opened.backend(), opened.head());
  }

  // ---- user code of a stop ----------------------------------------------------------------------

  /** Runs user code of the stop on a thread that nobody waits for without a bound. */
  private void runHooks(Deadline deadline) {
    if (engine.beans().isEmpty()) {
      return;
    }
    Thread hooks =
        new StoreThreads(config.name, "before-stop")
            .newThread(
                () -> {
                  try {
                    engine.beans().beforeCheckpoint();
                  } catch (RuntimeException e) {
                    log.warn(
                        "Store '{}': a @BeforeCheckpoint method failed at the stop; the save goes on.",
                        config.name,
                        e);
                  }
                });
    hooks.start();
    long wait = Math.min(MAX_HOOK_TIME.toNanos(), Math.max(0, deadline.leftNanos() / 2));
    Deadline hooksEnd = Deadline.in(Duration.ofNanos(wait));
    boolean interrupted = false;
    while (hooks.isAlive() && !hooksEnd.isOver()) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(hooks, hooksEnd.leftNanos());
      } catch (InterruptedException e) {
        interrupted = true; // the wait has a bound, and the hooks are part of the save
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "StateStore[" + config.name + " at " + source + "]";
  }
}
