package io.pagurus;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A named map inside a store, persisted entry by entry.
 *
 * <p>Thread-safe. A write is visible to every reader when it returns and is durable with the next
 * commit, or when it returns if the handle is {@link Durability#SYNC}. Single operations are
 * linearizable; {@link #scan}, {@link #size}, {@link #getAll}, {@link #putAll} and the iterators of
 * {@link #asMap} are weakly consistent, as in {@link java.util.concurrent.ConcurrentHashMap}.
 * Inside {@link StateStore#update(Runnable)} all of them see the block's own changes, and others
 * see them when the block ends.
 *
 * <p>Values are copied: a value is encoded when it is written, and a value of a mutable type is
 * decoded afresh for each read. To change what is inside a value, write it again or use {@link
 * #compute}. Values of immutable types (strings, numbers, enums, {@code java.time}, records of
 * those) are shared.
 *
 * <p>Neither keys nor values may be null. Keys must be of a type whose {@code equals} says the same
 * as its encoded bytes: strings, numbers, booleans, UUIDs, enums, {@code java.time} types and
 * records of these.
 *
 * <p>Every method may throw
 *
 * <ul>
 *   <li>{@link StoreClosedException} after close or from the moment a stop has begun to save;
 *   <li>{@link OwnershipLostException} when another process took the store over: stop working;
 *   <li>{@link StoreBusyException} from a write that waited {@link StateStoreBuilder#maxWriteWait}
 *       for an update block on the same keys: nothing was written, try again;
 *   <li>{@link StoreUnavailableException} when storage did not answer in time: a read can be tried
 *       again; a write was not taken, except a SYNC write, whose change stays pending and may still
 *       become durable (the message says so);
 *   <li>{@link StateSerializationException} when a key or value cannot be encoded, {@link
 *       IllegalArgumentException} when it is larger than the backend allows: nothing was written;
 *   <li>{@link IncompatibleStateException} or {@link CorruptStateException} when a stored value
 *       cannot be decoded.
 * </ul>
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface StateMap<K, V> {
  /** The name of this map, unique in its store. */
  String name();

  /** Returns the value of {@code key}, or null. Does I/O only on a miss of the near cache. */
  @Nullable V get(K key);

  /** Returns the value of {@code key}, or {@code otherwise} when there is none. */
  default V getOrDefault(K key, V otherwise) {
    V value = get(key);
    return value == null ? otherwise : value;
  }

  /** Says whether {@code key} has a value. */
  boolean containsKey(K key);

  /** Returns the entries of those {@code keys} that have a value. */
  Map<K, V> getAll(Collection<? extends K> keys);

  /**
   * Sets the value of {@code key}. It does not read the old value and never does I/O for it; {@code
   * asMap().put} returns the old one.
   */
  void put(K key, V value);

  /** Puts every entry. Not atomic outside {@link StateStore#update(Runnable)}. */
  void putAll(Map<? extends K, ? extends V> entries);

  /** Sets the value if there is none; returns the value that is there, or null if it was set. */
  @Nullable V putIfAbsent(K key, V value);

  /** Sets the value if there is one; returns the one that was there, or null if nothing was set. */
  @Nullable V replace(K key, V value);

  /** Sets {@code replacement} if the value equals {@code expected}; says whether it did. */
  boolean replace(K key, V expected, V replacement);

  /**
   * Removes {@code key} if it is there, without reading; {@code asMap().remove} returns the old.
   */
  void remove(K key);

  /** Removes {@code key} if its value equals {@code expected}; says whether it did. */
  boolean remove(K key, V expected);

  /**
   * Sets the value to what {@code function} makes of the current one (null if none); a null result
   * removes the key. Returns the new value or null.
   *
   * <p>Here and in the three methods below, the function runs with no lock held and its result is
   * published by compare-and-set: it may run more than once and may not write to the store (that
   * throws {@link IllegalStateException}). Inside an update block it runs once.
   */
  @Nullable V compute(
      K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function);

  /**
   * Sets the value to what {@code function} makes of the key, if there is none. See {@link
   * #compute}.
   */
  @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function);

  /** Like {@link #compute}, only if there is a value. */
  @Nullable V computeIfPresent(
      K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function);

  /**
   * Sets {@code value}, or what {@code function} makes of the old one and it. See {@link #compute}.
   */
  @Nullable V merge(
      K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function);

  /** The number of entries. It may ask the backend; do not call it for each request. */
  long size();

  /** Says whether there is no entry. */
  boolean isEmpty();

  /**
   * Returns one page of entries. Entries that exist during the whole scan appear exactly once;
   * others may or may not appear.
   *
   * @throws IllegalArgumentException for a prefix on a map whose keys are not strings, or a cursor
   *     that did not come from a page of this map
   */
  Page<K, V> scan(Scan scan);

  /** Removes all entries in one step, whatever their number. */
  void clear();

  /**
   * A live view with the contract of {@link ConcurrentMap}. Its {@code put} and {@code remove} read
   * the old value. Iterators are weakly consistent and support {@code remove}; {@code
   * Entry.setValue} writes through.
   */
  ConcurrentMap<K, V> asMap();

  /** The same map with another durability for the writes made through the returned handle. */
  StateMap<K, V> with(Durability durability);
}
