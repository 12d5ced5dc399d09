package io.pagurus.internal.engine;

import io.pagurus.Durability;
import io.pagurus.StateCounter;
import java.util.Objects;

/** What users hold of a table whose single entry is a number. Thread-safe. */
public final class CounterHandle implements StateCounter {
  private final Engine engine;
  private final Table<String, Long> table;
  private final Durability durability;

  private CounterHandle(Engine engine, Table<String, Long> table, Durability durability) {
    this.engine = engine;
    this.table = table;
    this.durability = durability;
  }

  /** The counter called {@code name}. */
  public static CounterHandle open(Engine engine, String name, Durability durability) {
    return new CounterHandle(
        engine, engine.table(name, Kind.COUNTER, String.class, Long.class), durability);
  }

  @Override
  public String name() {
    return table.name();
  }

  @Override
  public long get() {
    Long count = table.get(ValueHandle.KEY);
    return count == null ? 0 : count;
  }

  @Override
  public long add(long delta) {
    Long after =
        table
            .compute(
                ValueHandle.KEY, (key, now) -> Math.addExact(now == null ? 0L : now, delta), false)
            .after();
    engine.settle(durability);
    return Objects.requireNonNull(after);
  }

  @Override
  public void set(long count) {
    engine.checkWritable();
    table.put(ValueHandle.KEY, table.slot(ValueHandle.KEY, count));
    engine.settle(durability);
  }

  @Override
  public String toString() {
    return "StateCounter[" + name() + "]";
  }
}
