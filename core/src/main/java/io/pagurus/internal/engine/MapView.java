package io.pagurus.internal.engine;

import static java.util.Objects.requireNonNull;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StateMap} as a {@link ConcurrentMap}. Thread-safe, without state of its own. Iteration
 * goes page by page in the order of the encoded keys.
 */
final class MapView<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
  private static final int PAGE = 256;

  private final MapHandle<K, V> map;
  private final Table<K, V> table;

  MapView(MapHandle<K, V> map, Table<K, V> table) {
    this.map = map;
    this.table = table;
  }

  /**
   * The key if it is of the map's type, else null: a map without the key and a map that cannot have
   * it answer alike.
   */
  @SuppressWarnings("unchecked") // checked by the type of the codec
  private @Nullable K asKey(@Nullable Object key) {
    requireNonNull(key, "key");
    return table.isKey(key) ? (K) key : null;
  }

  @Override
  public int size() {
    return (int) Math.min(Integer.MAX_VALUE, map.size());
  }

  @Override
  public boolean isEmpty() {
    return map.isEmpty();
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    K mine = asKey(key);
    return mine == null ? null : map.get(mine);
  }

  @Override
  public V getOrDefault(@Nullable Object key, V otherwise) {
    V value = get(key);
    return value == null ? otherwise : value;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public boolean containsValue(@Nullable Object value) {
    requireNonNull(value, "value");
    return super.containsValue(value);
  }

  @Override
  public @Nullable V put(K key, V value) {
    return map.getAndPut(key, value);
  }

  @Override
  public @Nullable V remove(@Nullable Object key) {
    K mine = asKey(key);
    return mine == null ? null : map.getAndRemove(mine);
  }

  @Override
  @SuppressWarnings("unchecked") // only compared with equals
  public boolean remove(@Nullable Object key, @Nullable Object value) {
    K mine = asKey(key);
    return mine != null && value != null && map.remove(mine, (V) value);
  }

  @Override
  public @Nullable V putIfAbsent(K key, V value) {
    return map.putIfAbsent(key, value);
  }

  @Override
  public @Nullable V replace(K key, V value) {
    return map.replace(key, value);
  }

  @Override
  public boolean replace(K key, V expected, V replacement) {
    return map.replace(key, expected, replacement);
  }

  @Override
  public @Nullable V compute(
      K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
    return map.compute(key, function);
  }

  @Override
  public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
    return map.computeIfAbsent(key, function);
  }

  @Override
  public @Nullable V computeIfPresent(
      K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
    return map.computeIfPresent(key, function);
  }

  @Override
  public @Nullable V merge(
      K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
    return map.merge(key, value, function);
  }

  @Override
  public void clear() {
    map.clear();
  }

  @Override
  public Set<Entry<K, V>> entrySet() {
    return new Entries();
  }

  private final class Entries extends AbstractSet<Entry<K, V>> {
    @Override
    public Iterator<Entry<K, V>> iterator() {
      return new Pages();
    }

    @Override
    public int size() {
      return MapView.this.size();
    }

    @Override
    public boolean isEmpty() {
      return MapView.this.isEmpty();
    }

    @Override
    public void clear() {
      map.clear();
    }

    @Override
    public boolean contains(@Nullable Object object) {
      if (!(object instanceof Map.Entry<?, ?> entry)
          || entry.getKey() == null
          || entry.getValue() == null) {
        return false;
      }
      return entry.getValue().equals(get(entry.getKey()));
    }

    @Override
    public boolean remove(@Nullable Object object) {
      return object instanceof Map.Entry<?, ?> entry
          && entry.getKey() != null
          && entry.getValue() != null
          && MapView.this.remove(entry.getKey(), entry.getValue());
    }
  }

  private final class Pages implements Iterator<Entry<K, V>> {
    private List<Table.Row<K, V>> page = List.of();
    private int at;
    private boolean last;
    private byte @Nullable [] after;
    private @Nullable K returned;

    @Override
    public boolean hasNext() {
      while (at == page.size() && !last) {
        page = table.scan(new byte[0], after, PAGE);
        at = 0;
        last = page.size() < PAGE;
        if (!page.isEmpty()) {
          after = page.get(page.size() - 1).keyBytes();
        }
      }
      return at < page.size();
    }

    @Override
    public Entry<K, V> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Table.Row<K, V> row = page.get(at++);
      returned = row.key();
      return new WriteThrough<>(map, row.key(), row.value());
    }

    @Override
    public void remove() {
      K key = returned;
      if (key == null) {
        throw new IllegalStateException("call next() first");
      }
      returned = null;
      map.remove(key);
    }
  }

  /** An entry whose {@link #setValue} writes to the map. */
  private static final class WriteThrough<K, V> extends SimpleEntry<K, V> {
    private static final long serialVersionUID = 1L;

    private final transient MapHandle<K, V> map;

    WriteThrough(MapHandle<K, V> map, K key, V value) {
      super(key, value);
      this.map = map;
    }

    @Override
    public V setValue(V value) {
      map.put(getKey(), value);
      return super.setValue(value);
    }
  }
}
