package io.pagurus.testkit.engine;

import io.pagurus.Lifecycle;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.testkit.FaultyStorage;
import java.util.concurrent.ConcurrentMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;

/**
 * The single operations of a map on two keys, for a checker of linearizability. The checker makes
 * an instance for each run; all of them use one store, on which commits never stop.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public abstract class MapOperations {
  private final ConcurrentMap<Integer, Integer> map;

  MapOperations(ConcurrentMap<Integer, Integer> map) {
    this.map = map;
    map.remove(0);
    map.remove(1);
  }

  /** The map under test. */
  ConcurrentMap<Integer, Integer> map() {
    return map;
  }

  @Operation
  public @Nullable Integer get(@Param(name = "key") int key) {
    return map.get(key);
  }

  @Operation
  public @Nullable Integer put(@Param(name = "key") int key, @Param(name = "value") int value) {
    return map.put(key, value);
  }

  @Operation
  public @Nullable Integer putIfAbsent(
      @Param(name = "key") int key, @Param(name = "value") int value) {
    return map.putIfAbsent(key, value);
  }

  @Operation
  public @Nullable Integer remove(@Param(name = "key") int key) {
    return map.remove(key);
  }

  @Operation
  public boolean removeExpected(@Param(name = "key") int key, @Param(name = "value") int value) {
    return map.remove(key, value);
  }

  @Operation
  public boolean replace(
      @Param(name = "key") int key,
      @Param(name = "value") int expected,
      @Param(name = "value") int value) {
    return map.replace(key, expected, value);
  }

  @Operation
  public @Nullable Integer replaceAny(
      @Param(name = "key") int key, @Param(name = "value") int value) {
    return map.replace(key, value);
  }

  @Operation
  public @Nullable Integer compute(@Param(name = "key") int key) {
    return map.compute(
        key, (k, v) -> v == null ? Integer.valueOf(1) : v > 4 ? null : Integer.valueOf(v + 1));
  }

  @Operation
  public @Nullable Integer merge(@Param(name = "key") int key, @Param(name = "value") int value) {
    return map.merge(key, value, Integer::sum);
  }

  /** A store whose commits never stop. Closed by {@link #close}. */
  static final class Busy {
    final StateStore store;
    private final Thread flushing;
    private volatile boolean done;

    Busy(FaultyStorage storage, long cacheBytes) {
      store =
          StateStore.builder()
              .backend(storage)
              .cacheBytes(cacheBytes)
              .lifecycle(Lifecycle.EXTERNAL)
              .open();
      flushing =
          new Thread(
              () -> {
                while (!done) {
                  store.flush();
                }
              },
              "flushing");
      flushing.setDaemon(true);
      flushing.start();
    }

    StateMap<Integer, Integer> map() {
      return store.map("m", Integer.class, Integer.class);
    }

    void close() throws InterruptedException {
      done = true;
      flushing.join();
      store.close();
    }
  }
}
