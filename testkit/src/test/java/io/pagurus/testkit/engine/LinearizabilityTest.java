package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.StateMap;
import io.pagurus.testkit.FaultyStorage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Single operations of a map are linearizable while commits, loads and evictions go on. A checker
 * runs random operations on several threads and looks for an order that explains the results.
 */
class LinearizabilityTest {
  private static MapOperations.@Nullable Busy busy;

  /** The store of the running test. */
  static StateMap<Integer, Integer> map() {
    if (busy == null) {
      throw new IllegalStateException("only within a test");
    }
    return busy.map();
  }

  /** What the operations should do, one after the other. */
  public static final class Specification extends MapOperations {
    public Specification() {
      super(new ConcurrentHashMap<>());
    }
  }

  /** The map of a store. */
  public static final class Store extends MapOperations {
    public Store() {
      super(LinearizabilityTest.map().asMap());
    }
  }

  /** The map of a store with a compute that reads and writes, but not as one step. */
  public static final class Mutant extends MapOperations {
    public Mutant() {
      super(LinearizabilityTest.map().asMap());
    }

    @Override
    @Operation
    public @Nullable Integer compute(@Param(name = "key") int key) {
      ConcurrentMap<Integer, Integer> map = map();
      Integer before = map.get(key);
      if (before != null && before > 4) {
        map.remove(key);
        return null;
      }
      int after = before == null ? 1 : before + 1;
      map.put(key, after);
      return after;
    }
  }

  @AfterEach
  void close() throws InterruptedException {
    if (busy != null) {
      busy.close();
      busy = null;
    }
  }

  private static StressOptions options(int iterations, int invocations) {
    return new StressOptions()
        .iterations(iterations)
        .invocationsPerIteration(invocations)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .minimizeFailedScenario(false)
        .sequentialSpecification(Specification.class);
  }

  private static void check(
      FaultyStorage storage, long cacheBytes, Class<?> operations, StressOptions options) {
    busy = new MapOperations.Busy(storage, cacheBytes);
    long before = busy.store.status().commits();
    options.check(operations);
    assertThat(busy.store.status().commits()).as("commits beside it").isGreaterThan(before + 100);
  }

  @Test
  void localReads_areLinearizable() {
    check(Storages.local(), 1, Store.class, options(10, 1_000));
  }

  @Test
  void nearCacheThatHoldsNothing_isLinearizable() {
    check(Storages.remote(), 1, Store.class, options(10, 300));
  }

  @Test
  void nearCacheOfOneEntry_isLinearizable() {
    check(Storages.remote(), 120, Store.class, options(10, 500));
  }

  @Test
  void nearCache_isLinearizable() {
    check(Storages.remote(), 1 << 20, Store.class, options(10, 1_000));
  }

  @Test
  void computeWithoutCompareAndSet_isFound() {
    assertThatThrownBy(() -> check(Storages.remote(), 1 << 20, Mutant.class, options(100, 2_000)))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }

  @Test
  @Tag("long")
  void localReads_areLinearizable_forLong() {
    check(Storages.local(), 1, Store.class, options(200, 10_000));
  }

  @Test
  @Tag("long")
  void nearCacheThatHoldsNothing_isLinearizable_forLong() {
    check(Storages.remote(), 1, Store.class, options(200, 2_000));
  }

  @Test
  @Tag("long")
  void nearCacheOfOneEntry_isLinearizable_forLong() {
    check(Storages.remote(), 120, Store.class, options(200, 5_000));
  }

  @Test
  @Tag("long")
  void nearCache_isLinearizable_forLong() {
    check(Storages.remote(), 1 << 20, Store.class, options(200, 10_000));
  }
}
