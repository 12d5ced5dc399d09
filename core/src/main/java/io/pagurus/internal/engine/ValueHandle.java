package io.pagurus.internal.engine;

import static java.util.Objects.requireNonNull;

import io.pagurus.Durability;
import io.pagurus.StateValue;
import java.lang.reflect.Type;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What users hold of a table with a single entry. Thread-safe. */
public final class ValueHandle<T> implements StateValue<T> {
  /** The key of the only entry. */
  static final String KEY = "";

  private final Engine engine;
  private final Table<String, T> table;
  private final Durability durability;

  private ValueHandle(Engine engine, Table<String, T> table, Durability durability) {
    this.engine = engine;
    this.table = table;
    this.durability = durability;
  }

  /** The value called {@code name}. */
  public static <T> ValueHandle<T> open(
      Engine engine, String name, Type type, Durability durability) {
    return new ValueHandle<>(
        engine, engine.table(name, Kind.VALUE, String.class, type), durability);
  }

  @Override
  public String name() {
    return table.name();
  }

  @Override
  public @Nullable T get() {
    return table.get(KEY);
  }

  @Override
  public void set(T value) {
    engine.checkWritable();
    table.put(KEY, table.slot(KEY, requireNonNull(value, "value")));
    engine.settle(durability);
  }

  @Override
  public @Nullable T update(UnaryOperator<@Nullable T> function) {
    requireNonNull(function, "function");
    T after = table.compute(KEY, (key, now) -> function.apply(now), false).after();
    engine.settle(durability);
    return after;
  }

  @Override
  public void clear() {
    engine.checkWritable();
    table.put(KEY, Slot.tombstone(table.encodeKey(KEY)));
    engine.settle(durability);
  }

  @Override
  public String toString() {
    return "StateValue[" + name() + "]";
  }
}
