package io.pagurus.internal.runtime;

import static java.util.Objects.requireNonNull;

import io.pagurus.Checkpoint;
import io.pagurus.Durability;
import io.pagurus.Finding;
import io.pagurus.RestoreReport;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
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
import io.pagurus.internal.engine.ValueHandle;
import io.pagurus.lifecycle.GracePeriod;
import io.pagurus.lifecycle.ShutdownCoordinator;
import io.pagurus.lifecycle.Stoppable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store that users hold: it hands everything on to the engine. Thread-safe. */
final class DefaultStore implements StateStore, Stoppable {
  /** What a stop gives to {@code @BeforeCheckpoint} methods, at most. */
  private static final Duration MAX_HOOK_TIME = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(StateStore.class);

  private final Engine engine;
  private final Codecs codecs;
  private final StoreConfig config;
  private final GracePeriod grace;
  private final RestoreReport report;
  private final List<Finding> findings;
  private final String source;
  private final AtomicBoolean closing = new AtomicBoolean();

  DefaultStore(
      Engine engine,
      Codecs codecs,
      StoreConfig config,
      GracePeriod grace,
      RestoreReport report,
      List<Finding> findings) {
    this.engine = engine;
    this.codecs = codecs;
    this.config = config;
    this.grace = grace;
    this.report = report;
    this.findings = findings;
    this.source = report.source();
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
        report,
        findings(now.slowStorage()));
  }

  private List<Finding> findings(@Nullable Finding slowStorage) {
    return slowStorage == null
        ? findings
        : Stream.concat(findings.stream(), Stream.of(slowStorage)).toList();
  }

  @Override
  public void close() {
    engine.checkClosable();
    Engine.Farewell farewell = stop(Deadline.in(grace.budget()));
    ShutdownCoordinator.unregister(this);
    if (farewell != null && !farewell.saved() && status().state() != StoreState.FENCED) {
      throw new StoreUnavailableException(
          "Store '"
              + config.name
              + "' was closed, but its last changes ("
              + farewell.bytes()
              + " bytes) could not be saved to "
              + source
              + " in time: "
              + farewell.problem()
              + ". What flush() or whenDurable() had confirmed is safe.");
    }
  }

  // ---- Stoppable --------------------------------------------------------------------------------

  @Override
  public Duration budget() {
    return grace.budget();
  }

  @Override
  public void stopBy(Deadline deadline) {
    stop(deadline);
  }

  /** Stops once; a late caller waits for the first one and gets null. */
  private Engine.@Nullable Farewell stop(Deadline deadline) {
    if (!closing.compareAndSet(false, true)) {
      engine.awaitClosed(deadline);
      return null;
    }
    if (config.readOnly) {
      Engine.Farewell farewell = engine.close(deadline);
      log.info("Store '{}' closed; it was open for reading only.", config.name);
      return farewell;
    }
    runHooks(deadline);
    Engine.Farewell farewell = engine.close(deadline);
    if (farewell.saved() && farewell.problem() == null) {
      log.info(
          "Store '{}' saved and released in {} ms ({} bytes were still pending).",
          config.name,
          farewell.took().toMillis(),
          farewell.bytes());
    } else if (farewell.saved()) {
      log.warn(
          "Store '{}' saved and released in {} ms, but {}.",
          config.name,
          farewell.took().toMillis(),
          farewell.problem());
    } else if (status().state() == StoreState.FENCED) {
      log.info(
          "Store '{}' closed; it belongs to another owner since it was taken over.", config.name);
    } else {
      log.error(
          "Store '{}' was NOT saved: {} bytes of changes are lost; {}. What flush() or whenDurable() had"
              + " confirmed is safe.",
          config.name,
          farewell.bytes(),
          farewell.problem());
    }
    return farewell;
  }

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
    long wait = Math.min(MAX_HOOK_TIME.toNanos(), Math.max(0, deadline.leftNanos() / 10));
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
