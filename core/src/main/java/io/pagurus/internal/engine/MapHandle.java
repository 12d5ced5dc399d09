package io.pagurus.internal.engine;

import static java.util.Objects.requireNonNull;

import io.pagurus.Durability;
import io.pagurus.Page;
import io.pagurus.Scan;
import io.pagurus.StateMap;
import io.pagurus.internal.codec.KeyCodec;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What users hold of a {@link Table}. Thread-safe. */
public final class MapHandle<K, V> implements StateMap<K, V> {
  private final Engine engine;
  private final Table<K, V> table;
  private final KeyCodec<K> keys;
  private final Durability durability;
  private final boolean explicit;

  private MapHandle(
      Engine engine, Table<K, V> table, KeyCodec<K> keys, Durability durability, boolean explicit) {
    this.engine = engine;
    this.table = table;
    this.keys = keys;
    this.durability = durability;
    this.explicit = explicit;
  }

  /** The map called {@code name}. */
  public static <K, V> MapHandle<K, V> open(
      Engine engine, String name, Type keys, Type values, Durability durability) {
    Table<K, V> table = engine.table(name, Kind.MAP, keys, values);
    return new MapHandle<>(engine, table, table.keyCodec(), durability, false);
  }

  @Override
  public String name() {
    return table.name();
  }

  // ---- reading ----------------------------------------------------------------------------------

  @Override
  public @Nullable V get(K key) {
    return table.get(requireNonNull(key, "key"));
  }

  @Override
  public boolean containsKey(K key) {
    return table.get(requireNonNull(key, "key")) != null;
  }

  @Override
  public Map<K, V> getAll(Collection<? extends K> wanted) {
    wanted.forEach(key -> requireNonNull(key, "key"));
    return table.getAll(wanted);
  }

  @Override
  public long size() {
    return table.size();
  }

  @Override
  public boolean isEmpty() {
    return table.scan(new byte[0], null, 1).isEmpty();
  }

  @Override
  public Page<K, V> scan(Scan scan) {
    byte[] prefix = scan.prefix().isEmpty() ? new byte[0] : keys.prefix(scan.prefix());
    List<Table.Row<K, V>> rows = table.scan(prefix, cursor(scan.cursor()), scan.limit());
    List<Map.Entry<K, V>> entries = new ArrayList<>(rows.size());
    for (Table.Row<K, V> row : rows) {
      entries.add(Map.entry(row.key(), row.value()));
    }
    String next =
        rows.size() < scan.limit()
            ? null
            : HexFormat.of().formatHex(rows.get(rows.size() - 1).keyBytes());
    return new Page<>(entries, next);
  }

  private byte @Nullable [] cursor(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      return HexFormat.of().parseHex(cursor);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          engine.where(name())
              + ": '"
              + cursor
              + "' is no cursor of this map. Pass on what Page.nextCursor() returned.",
          e);
    }
  }

  // ---- writing ----------------------------------------------------------------------------------

  @Override
  public void put(K key, V value) {
    begin();
    table.put(requireNonNull(key, "key"), table.slot(key, requireNonNull(value, "value")));
    engine.settle(durability);
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> entries) {
    begin();
    entries.forEach(
        (key, value) ->
            table.put(requireNonNull(key, "key"), table.slot(key, requireNonNull(value, "value"))));
    engine.settle(durability);
  }

  @Override
  public void remove(K key) {
    begin();
    table.put(requireNonNull(key, "key"), Slot.tombstone(table.encodeKey(key)));
    engine.settle(durability);
  }

  @Override
  public @Nullable V putIfAbsent(K key, V value) {
    requireNonNull(value, "value");
    return replaced(key, (k, now) -> now == null ? value : now, true).before();
  }

  @Override
  public @Nullable V replace(K key, V value) {
    requireNonNull(value, "value");
    return replaced(key, (k, now) -> now == null ? null : value, false).before();
  }

  @Override
  public boolean replace(K key, V expected, V replacement) {
    requireNonNull(expected, "expected");
    requireNonNull(replacement, "replacement");
    boolean[] did = {false};
    replaced(
        key,
        (k, now) -> {
          did[0] = expected.equals(now);
          return did[0] ? replacement : now;
        },
        true);
    return did[0];
  }

  @Override
  public boolean remove(K key, V expected) {
    requireNonNull(expected, "expected");
    boolean[] did = {false};
    replaced(
        key,
        (k, now) -> {
          did[0] = expected.equals(now);
          return did[0] ? null : now;
        },
        true);
    return did[0];
  }

  @Override
  public @Nullable V compute(
      K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
    requireNonNull(function, "function");
    return replaced(key, function, false).after();
  }

  @Override
  public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
    requireNonNull(function, "function");
    return replaced(key, (k, now) -> now != null ? now : function.apply(k), true).after();
  }

  @Override
  public @Nullable V computeIfPresent(
      K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
    requireNonNull(function, "function");
    return replaced(key, (k, now) -> now == null ? null : function.apply(k, now), false).after();
  }

  @Override
  public @Nullable V merge(
      K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
    requireNonNull(value, "value");
    requireNonNull(function, "function");
    return replaced(key, (k, now) -> now == null ? value : function.apply(now, value), false)
        .after();
  }

  @Override
  public void clear() {
    begin();
    table.clear();
    engine.settle(durability);
  }

  /** For the view: sets the value and returns the one before. */
  @Nullable V getAndPut(K key, V value) {
    requireNonNull(value, "value");
    return replaced(key, (k, now) -> value, false).before();
  }

  /** For the view: removes the value and returns it. */
  @Nullable V getAndRemove(K key) {
    return replaced(key, (k, now) -> null, false).before();
  }

  private Table.Replaced<V> replaced(
      K key,
      BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function,
      boolean sameIsUnchanged) {
    begin();
    Table.Replaced<V> replaced =
        table.compute(requireNonNull(key, "key"), function, sameIsUnchanged);
    engine.settle(durability);
    return replaced;
  }

  /** Refuses a write that was asked to wait for storage inside a block that would wait for it. */
  private void begin() {
    if (explicit && durability == Durability.SYNC) {
      engine.forbidInBlock("a write with Durability.SYNC");
    }
    engine.checkWritable();
  }

  @Override
  public ConcurrentMap<K, V> asMap() {
    return new MapView<>(this, table);
  }

  @Override
  public StateMap<K, V> with(Durability other) {
    return new MapHandle<>(engine, table, keys, requireNonNull(other, "durability"), true);
  }

  @Override
  public String toString() {
    return "StateMap[" + name() + "]";
  }
}
