package io.pagurus;

import static java.util.Objects.requireNonNull;

import io.pagurus.internal.runtime.EnvironmentSettings;
import io.pagurus.internal.runtime.StoreConfig;
import io.pagurus.internal.runtime.StoreOpener;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.CodecProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Settings of a store. Not thread-safe; one builder may open several stores.
 *
 * <p>The first group changes what is promised, the second only how fast and with how much memory.
 */
public final class StateStoreBuilder {
  private final StoreConfig config = new StoreConfig();

  StateStoreBuilder() {}

  // ---- where ----------------------------------------------------------------------------------

  /** Where the state is kept, for example {@code jdbc:h2:./data/checkout} or {@code memory:}. */
  public StateStoreBuilder url(String url) {
    config.url = requireNonNull(url, "url");
    return this;
  }

  /**
   * Where the state is kept, given as an object, for example {@code JdbcStorage.of(dataSource)}.
   */
  public StateStoreBuilder backend(BackendProvider backend) {
    config.backend = requireNonNull(backend, "backend");
    return this;
  }

  /** The name of the store; several stores may share one database. Default {@code default}. */
  public StateStoreBuilder name(String name) {
    config.name = requireNonNull(name, "name");
    return this;
  }

  /**
   * Takes settings from {@code variables}: {@code PAGURUS_URL}, {@code PAGURUS_STORE}, {@code
   * PAGURUS_READ_ONLY}, {@code PAGURUS_ON_DAMAGE}, {@code PAGURUS_DURABILITY}, {@code
   * PAGURUS_OWNERSHIP}, {@code PAGURUS_MAX_OWNERSHIP_WAIT}, {@code PAGURUS_LEASE}, {@code
   * PAGURUS_COMMIT_INTERVAL}, {@code PAGURUS_CAPTURE_INTERVAL}, {@code PAGURUS_MAX_WRITE_WAIT},
   * {@code PAGURUS_MAX_READ_WAIT}, {@code PAGURUS_MAX_FLUSH_WAIT}, {@code PAGURUS_GRACE_PERIOD},
   * {@code PAGURUS_PRESTOP}, {@code PAGURUS_LIFECYCLE}, {@code PAGURUS_WATCHDOG}, {@code
   * PAGURUS_CHECKPOINT_ON_SHUTDOWN}, {@code PAGURUS_MAX_COMMIT_INTERVAL}, {@code PAGURUS_DOCTOR},
   * {@code PAGURUS_DOCTOR_ACCEPT} (ids, separated by commas), {@code PAGURUS_MAX_PENDING_BYTES},
   * {@code PAGURUS_CACHE_BYTES}. Policies are written in any case, {@code last_good} or {@code
   * LAST-GOOD}; switches are {@code true} or {@code false}. Durations are written {@code 500ms},
   * {@code 2s}, {@code 1m} or ISO ({@code PT2S}), a plain number is seconds; sizes are bytes, or
   * {@code 64k}, {@code 64m}, {@code 1g}.
   *
   * @throws IllegalArgumentException when a variable cannot be read; the message names it
   */
  public StateStoreBuilder environment(Map<String, String> variables) {
    EnvironmentSettings.apply(variables, this);
    return this;
  }

  // ---- behaviour ------------------------------------------------------------------------------

  /** When writes return. Default {@link Durability#ASYNC}. */
  public StateStoreBuilder durability(Durability durability) {
    config.durability = requireNonNull(durability, "durability");
    return this;
  }

  /**
   * How long a change may wait for its commit when nobody asks for it: the loss window of a kill.
   * Default: what the backend recommends (H2 and files: 20 ms).
   *
   * <p>A commit begins sooner when so much waits that the final save of a stop would take too long.
   */
  public StateStoreBuilder commitInterval(Duration interval) {
    config.commitInterval = positive(interval, "commitInterval");
    return this;
  }

  /**
   * How long a change may wait when little waits with it (less than 64 KiB): fewer commits, for
   * storage that costs money by the request, and a longer loss window, which {@link
   * StoreStatus#lossWindow} then states. Default, and least: the commit interval. Nothing is
   * written when nothing changed.
   */
  public StateStoreBuilder maxCommitInterval(Duration interval) {
    config.maxCommitInterval = positive(interval, "maxCommitInterval");
    return this;
  }

  /**
   * How often plain fields are looked at when no update ran. Default: the longest commit interval,
   * at least 250 ms.
   */
  public StateStoreBuilder captureInterval(Duration interval) {
    config.captureInterval = positive(interval, "captureInterval");
    return this;
  }

  /**
   * What opening does when another process owns the store. Default {@link OwnershipPolicy#WAIT}.
   */
  public StateStoreBuilder ownership(OwnershipPolicy policy) {
    config.ownership = requireNonNull(policy, "policy");
    return this;
  }

  /** The longest wait for a former owner. Default 60 s. */
  public StateStoreBuilder maxOwnershipWait(Duration wait) {
    config.maxOwnershipWait = positive(wait, "maxOwnershipWait");
    return this;
  }

  /**
   * How long an owner that cannot be proven dead must be silent before {@link OwnershipPolicy#WAIT}
   * takes over. It decides waiting only; safety comes from the epoch. Default 10 s.
   */
  public StateStoreBuilder lease(Duration lease) {
    config.lease = positive(lease, "lease");
    return this;
  }

  /**
   * What opening does when the state fails verification. Default {@link DamagePolicy#FAIL}.
   * Databases repair their own pages: {@code jdbc:} takes FAIL only, {@link #open} throws {@link
   * IllegalArgumentException} for others. {@code memory:} cannot be damaged and ignores it.
   */
  public StateStoreBuilder onDamage(DamagePolicy policy) {
    config.damagePolicy = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Opens for looking only, also while an owner is running: nothing is owned, created or changed,
   * and no owner is disturbed. Default false.
   *
   * <ul>
   *   <li>Reads show the newest commit as of opening; where storage is read at each call ({@code
   *       jdbc:}, {@code memory:}) also later ones, each read as of one instant. A name that did
   *       not exist at opening reads as empty.
   *   <li>Every write, {@link StateStore#update}, {@link StateStore#checkpoint}, {@link
   *       StateStore#dropCheckpoint}, {@link StateStore#restore} and {@link
   *       StateStore#verifyOwnership} throw {@link UnsupportedOperationException}; {@link
   *       StateStore#flush} and {@link StateStore#whenDurable} have nothing to wait for.
   *   <li>{@link StateStore#bind} fills the fields and runs {@link AfterRestore} methods; fields
   *       are not kept, and {@link BeforeCheckpoint} methods never run.
   *   <li>{@link #open} throws {@link StoreUnavailableException} when there is no such store, and
   *       {@link StoreInUseException} at once where storage cannot be read beside its owner (an
   *       embedded database of another process).
   *   <li>There is nothing to save: no hook is registered, whatever {@link #lifecycle} says. {@link
   *       StateStore#status} says {@link StoreState#READ_ONLY}.
   * </ul>
   */
  public StateStoreBuilder readOnly(boolean readOnly) {
    config.readOnly = readOnly;
    return this;
  }

  /** Which checkpoints without a label stay. Default {@link CheckpointRetention#DEFAULT}. */
  public StateStoreBuilder retention(CheckpointRetention retention) {
    config.retention = requireNonNull(retention, "retention");
    return this;
  }

  /**
   * The longest a write waits for an update block, for room in the pending buffer, or for the
   * update lock. Default 10 s.
   */
  public StateStoreBuilder maxWriteWait(Duration wait) {
    config.maxWriteWait = positive(wait, "maxWriteWait");
    return this;
  }

  /** The longest a read waits for the backend. Default 10 s. */
  public StateStoreBuilder maxReadWait(Duration wait) {
    config.maxReadWait = positive(wait, "maxReadWait");
    return this;
  }

  /** The longest that flush, checkpoint, restore and SYNC writes wait. Default 60 s. */
  public StateStoreBuilder maxFlushWait(Duration wait) {
    config.maxFlushWait = positive(wait, "maxFlushWait");
    return this;
  }

  /**
   * How long the platform waits between SIGTERM and SIGKILL. Default: the first that is known of
   * {@code PAGURUS_GRACE_PERIOD}, {@code TERMINATION_GRACE_PERIOD_SECONDS}, a {@link
   * io.pagurus.spi.GraceSource}, a guess by the platform (Kubernetes, ECS and systemd 30 s, Cloud
   * Run 10 s), 10 s. The source is logged at open. A stop ends a margin of 10 % (1 to 3 s) before
   * that; of several open stores the smallest counts.
   */
  public StateStoreBuilder gracePeriod(Duration grace) {
    config.gracePeriod = positive(grace, "gracePeriod");
    return this;
  }

  /**
   * How much of the grace period a preStop hook of the platform uses up before the signal comes.
   * Default: {@code PAGURUS_PRESTOP}, else zero.
   */
  public StateStoreBuilder preStop(Duration preStop) {
    config.preStop = nonNegative(preStop, "preStop");
    return this;
  }

  /**
   * Who stops this store when the process is to end. Default {@link Lifecycle#AUTOMATIC}: SIGTERM,
   * SIGINT and the end of the JVM do.
   */
  public StateStoreBuilder lifecycle(Lifecycle lifecycle) {
    config.lifecycle = requireNonNull(lifecycle, "lifecycle");
    return this;
  }

  /**
   * Whether a process that was asked to end and has not is ended by {@link Runtime#halt}, half-way
   * between the end of the budget and that of the grace period; with status 143 (SIGTERM), 130
   * (SIGINT) or 1. Hooks of other libraries can hang for ever. Default false. Only with {@link
   * Lifecycle#AUTOMATIC}, and not when another handler of the signal keeps the process running.
   */
  public StateStoreBuilder watchdog(boolean watchdog) {
    config.watchdog = watchdog;
    return this;
  }

  /**
   * Whether a stop makes a checkpoint without a label, which {@link #retention} keeps. It is left
   * out when there is no time, and the {@link ShutdownReport} says so. Default false.
   */
  public StateStoreBuilder checkpointOnShutdown(boolean checkpoint) {
    config.checkpointOnShutdown = checkpoint;
    return this;
  }

  /**
   * What opening does with findings of the doctor, which looks for what would make the promises of
   * this store worthless: a stop signal that does not reach the JVM, state that is not on a volume,
   * times that do not fit. Default {@link DoctorMode#WARN}. A store that is read only, or keeps
   * nothing ({@code memory:}), is not examined.
   */
  public StateStoreBuilder doctor(DoctorMode mode) {
    config.doctor = requireNonNull(mode, "mode");
    return this;
  }

  /**
   * Findings that are known and wanted, by {@link Finding#id}: they are neither logged nor shown,
   * and {@link DoctorMode#STRICT} does not fail over them. Default none.
   *
   * @throws IllegalArgumentException for an id that no finding has; lists those there are
   */
  public StateStoreBuilder doctorAccepts(String... ids) {
    config.acceptFindings(ids);
    return this;
  }

  /** Called once, on a thread of the store, when another process took the store over. */
  public StateStoreBuilder onOwnershipLost(Consumer<OwnershipLostException> callback) {
    config.onOwnershipLost = requireNonNull(callback, "callback");
    return this;
  }

  /** How values become bytes, before the built-in codecs are asked. */
  public StateStoreBuilder codecs(CodecProvider codecs) {
    config.codecs = requireNonNull(codecs, "codecs");
    return this;
  }

  /**
   * Types whose instances never change, so that decoded objects may be shared. Strings, numbers,
   * enums, {@code java.time} types, UUIDs and records of those are known already.
   */
  public StateStoreBuilder immutableTypes(Class<?>... types) {
    config.immutableTypes = Set.of(types);
    return this;
  }

  // ---- performance ----------------------------------------------------------------------------

  /**
   * Encoded bytes that may wait for their commit; above it writers wait. A commit in flight counts.
   * Default 64 MiB.
   */
  public StateStoreBuilder maxPendingBytes(long bytes) {
    config.maxPendingBytes = positive(bytes, "maxPendingBytes");
    return this;
  }

  /** Encoded bytes that one update block may change; above it the block fails. Default 32 MiB. */
  public StateStoreBuilder maxBlockBytes(long bytes) {
    config.maxBlockBytes = positive(bytes, "maxBlockBytes");
    return this;
  }

  /**
   * Weight of the near cache of the whole store, in bytes of encoded entries plus overhead; the
   * maps share it evenly. Where entries are served from memory anyway, it holds decoded values of
   * immutable types, which take about twice that on the heap. Default 64 MiB.
   */
  public StateStoreBuilder cacheBytes(long bytes) {
    config.cacheBytes = positive(bytes, "cacheBytes");
    return this;
  }

  /**
   * How long the plain fields together may take to encode at a cut before the store warns and looks
   * at them less often. Default 1 ms.
   */
  public StateStoreBuilder captureBudget(Duration budget) {
    config.captureBudget = positive(budget, "captureBudget");
    return this;
  }

  /** Opens the store; see {@link StateStore#open} for what can go wrong. */
  public StateStore open() {
    return StoreOpener.open(config.copy());
  }

  private static Duration positive(Duration value, String what) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(what + " must be positive, was " + value);
    }
    return value;
  }

  private static Duration nonNegative(Duration value, String what) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(what + " must not be negative, was " + value);
    }
    return value;
  }

  private static long positive(long value, String what) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " must be positive, was " + value);
    }
    return value;
  }
}
