package io.pagurus;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One named body of typed state with one history of commits.
 *
 * <p>What is on storage is always one consistent cut of the whole store: every map, value, counter
 * and {@link State} field as of one instant. Changes are committed in groups by a background
 * committer; {@link #flush}, {@link #whenDurable} and {@link Durability#SYNC} say when. A clean
 * stop (SIGTERM, SIGINT, {@code System.exit}, {@link #close}) commits everything and releases the
 * store.
 *
 * <p>Thread-safe, as are all handles. A handle belongs to its store: asking twice for the same name
 * and types gives handles to the same state.
 *
 * <h2>What it deliberately cannot do</h2>
 *
 * <ul>
 *   <li>no queries and no secondary indexes: a map is read by key or scanned by key prefix;
 *   <li>no transaction across two stores;
 *   <li>no isolation for readers outside a block: two reads may see two different moments;
 *   <li>no rollback of plain fields: they are the caller's own memory;
 *   <li>no Java serialization and no class names in stored bytes.
 * </ul>
 *
 * <p>Every method but {@link #close}, {@link #status} and {@link #name} may throw {@link
 * StoreClosedException}, {@link OwnershipLostException} and {@link StoreFailedException}; where the
 * store is {@linkplain StateStoreBuilder#readOnly read only}, every write throws {@link
 * UnsupportedOperationException}.
 */
public interface StateStore extends AutoCloseable {

  /**
   * Opens the store {@code default} at {@code url}, for example {@code jdbc:h2:./data/checkout}.
   * Waits for a former owner, see {@link OwnershipPolicy}.
   *
   * @throws IllegalArgumentException when no backend on the class path knows the scheme, or the url
   *     is not valid; the message lists the known ones
   * @throws StoreInUseException when another process owns the store
   * @throws IncompatibleStateException when a newer version wrote it
   * @throws CorruptStateException when it is damaged
   * @throws StoreUnavailableException when storage cannot be reached or written
   */
  static StateStore open(String url) {
    return builder().url(url).open();
  }

  /** Everything that can be set. */
  static StateStoreBuilder builder() {
    return new StateStoreBuilder();
  }

  /**
   * Opens a store from the environment alone: {@code PAGURUS_URL} is needed, the others are listed
   * at {@link StateStoreBuilder#environment}.
   *
   * @throws IllegalArgumentException when a variable is missing or wrong; the message names it
   */
  static StateStore fromEnvironment() {
    return builder().environment(System.getenv()).open();
  }

  /** The name of this store. */
  String name();

  /**
   * The map called {@code name}.
   *
   * @throws IllegalArgumentException for a name that is not 1 to 128 of letters, digits, {@code .},
   *     {@code _}, {@code -}, for a key type without a stable encoding, when the name is taken by
   *     state of another kind, or when it is open with other types
   * @throws IncompatibleStateException when what is stored under the name has other types
   */
  <K, V> StateMap<K, V> map(String name, Class<K> keys, Class<V> values);

  /** Like {@link #map(String, Class, Class)}, for types with type arguments. */
  <K, V> StateMap<K, V> map(String name, TypeRef<K> keys, TypeRef<V> values);

  /** The value called {@code name}; fails as {@link #map(String, Class, Class)} does. */
  <T> StateValue<T> value(String name, Class<T> type);

  /** Like {@link #value(String, Class)}, for types with type arguments. */
  <T> StateValue<T> value(String name, TypeRef<T> type);

  /** The counter called {@code name}; fails as {@link #map(String, Class, Class)} does. */
  StateCounter counter(String name);

  /**
   * Restores the {@link State} fields of {@code bean}, runs its {@link AfterRestore} methods and
   * keeps its fields from then on. A field without stored content keeps its value and is stored
   * with the next commit. Returns {@code bean}.
   *
   * @throws IllegalArgumentException when the class lacks {@link Stateful}, a field is final or
   *     static, or a name is bound already
   * @throws IncompatibleStateException when stored content does not fit a field; the message names
   *     the field, the stored type and the declared type
   * @throws StateSerializationException when a field cannot be encoded
   * @throws IllegalStateException inside an update block
   */
  <T> T bind(T bean);

  /**
   * Runs {@code block} so that all its changes are committed together or not at all.
   *
   * <p>Blocks exclude each other and see a serializable state: a single write to a key the block
   * has touched waits for the block. Changes to handles become visible to others when the block
   * ends and are dropped when it throws (plain fields are not: they are the caller's own). The
   * block runs exactly once, on the calling thread. A nested call joins the outer block; an
   * exception that leaves the inner one dooms the outer one.
   *
   * <p>Inside, {@link #flush}, {@link #checkpoint}, {@link #restore}, {@link #bind}, {@link #close}
   * and writes with {@link Durability#SYNC} throw {@link IllegalStateException}; use {@link
   * #whenDurable}.
   *
   * @throws StoreBusyException when another block held the store for longer than {@link
   *     StateStoreBuilder#maxWriteWait}
   * @throws IllegalStateException when an inner block failed and the outer one went on; nothing was
   *     changed
   */
  void update(Runnable block);

  /** Like {@link #update(Runnable)}; returns what {@code block} returns. */
  <T extends @Nullable Object> T update(Supplier<T> block);

  /**
   * Like {@link #update(Runnable)} with a durability of its own. {@link Durability#SYNC} waits
   * after the block has ended and others may run; it is ignored in a nested call of an ASYNC block.
   */
  void update(Durability durability, Runnable block);

  /**
   * Returns when every change made before the call is durable.
   *
   * @throws StoreUnavailableException when that took longer than {@link
   *     StateStoreBuilder#maxFlushWait}; the changes stay pending
   * @throws IllegalStateException inside an update block
   */
  void flush();

  /**
   * A stage that completes when every change published before the call is durable: hold a reply
   * until then and no confirmed effect is ever lost. Inside a block it covers the block's own
   * changes, too. It starts a commit at once when none is in flight. It completes exceptionally
   * when the changes will not become durable through this store. Its callbacks run on a thread of
   * the store and may call anything.
   */
  CompletionStage<Void> whenDurable();

  /** Makes a checkpoint without a label; {@link CheckpointRetention} decides how long it stays. */
  Checkpoint checkpoint();

  /**
   * Makes a checkpoint that stays until it is dropped. It returns when the checkpoint is durable.
   * {@link BeforeCheckpoint} methods run first. The cost does not grow with the state.
   *
   * @throws StoreUnavailableException when it took longer than {@link
   *     StateStoreBuilder#maxFlushWait}
   * @throws IllegalStateException inside an update block
   */
  Checkpoint checkpoint(String label);

  /** The retained checkpoints, oldest first. */
  List<Checkpoint> checkpoints();

  /** Drops the checkpoint with {@code id}; says whether there was one. */
  boolean dropCheckpoint(String id);

  /**
   * Sets the whole store back to the checkpoint with {@code id}. What is pending is committed
   * first, and the state before is kept as a checkpoint labelled {@code before-restore-<version>}.
   * Handles stay valid; plain fields are set again and {@link AfterRestore} methods run. Writers
   * wait meanwhile.
   *
   * @throws IllegalArgumentException when there is no such checkpoint
   * @throws IllegalStateException inside an update block
   */
  void restore(String id);

  /**
   * Asks the storage whether this process still owns the store: one read. For callers about to act
   * on the outside world.
   *
   * @throws UnsupportedOperationException when the store is read only, see {@link
   *     StateStoreBuilder#readOnly}
   * @throws OwnershipLostException when it does not
   */
  void verifyOwnership();

  /** The store as of now. Never does I/O, works after close. */
  StoreStatus status();

  /**
   * Commits everything, releases the store and ends its threads. Does nothing the second time. It
   * takes at most the grace period (10 s unless set).
   *
   * @throws StoreUnavailableException when the last changes could not be saved in that time
   * @throws IllegalStateException inside an update block
   */
  @Override
  void close();
}
