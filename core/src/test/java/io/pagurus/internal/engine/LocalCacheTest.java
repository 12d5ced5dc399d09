package io.pagurus.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.internal.engine.NearCache.Known;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalCacheTest {
  private static final byte[] BYTES = new byte[4];

  private final NearCache cache = new LocalCache(10_000);

  private static Slot slot(Object value) {
    return new Slot(BYTES, BYTES, value);
  }

  private void load(Object key, Object value) {
    cache.loaded(key, new Known(value, 100), () -> true);
  }

  private Object content(Object key) {
    Known known = cache.get(key);
    return known == null ? "nothing" : String.valueOf(known.content());
  }

  @Test
  void loaded_whileItIsStillValid_isKnown() {
    load("a", 1L);
    assertThat(content("a")).isEqualTo("1");
  }

  @Test
  void loaded_whenItIsNoLongerValid_isNotTaken() {
    cache.loaded("a", new Known(1L, 100), () -> false);
    assertThat(content("a")).isEqualTo("nothing");
  }

  @Test
  void loaded_whenSomethingIsKnown_changesNothing() {
    load("a", 1L);
    load("a", 2L);
    assertThat(content("a")).isEqualTo("1");
  }

  @Test
  void committed_ofAKnownKey_replacesIt() {
    load("a", 1L);
    cache.committed("a", slot(2L));
    assertThat(content("a")).isEqualTo("2");
  }

  @Test
  void committed_ofAnUnknownKey_isNotTaken() {
    cache.committed("a", slot(2L));
    assertThat(content("a")).isEqualTo("nothing");
  }

  @Test
  void committed_ofARemoval_forgetsTheKey() {
    load("a", 1L);
    cache.committed("a", Slot.tombstone(BYTES));
    assertThat(content("a")).isEqualTo("nothing");
  }

  @Test
  void loaded_whenItIsFull_staysWithinItsBoundAndTakesNewOnesIn() {
    for (int i = 0; i < 10_000; i++) {
      load(i, i);
    }
    int known = 0;
    int late = 0;
    for (int i = 0; i < 10_000; i++) {
      if (cache.get(i) != null) {
        known++;
        late += i >= 1000 ? 1 : 0;
      }
    }
    assertThat(known).isBetween(90, 100);
    assertThat(late).isPositive();
  }

  @Test
  void loaded_ofAnEntryThatWouldPushOutManyOthers_isNotTaken() {
    cache.loaded("a", new Known(1L, 1_000), () -> true);
    assertThat(content("a")).isEqualTo("nothing");
  }

  @Test
  void resize_toLess_letsEntriesLeave() {
    for (int i = 0; i < 50; i++) {
      load(i, i);
    }
    cache.resize(1_000);
    int known = 0;
    for (int i = 0; i < 50; i++) {
      known += cache.get(i) == null ? 0 : 1;
    }
    assertThat(known).isEqualTo(10);
  }

  @Test
  void fresh_knowsNothing_andWhatEntersTheOldOneStaysThere() {
    load("a", 1L);
    NearCache fresh = cache.fresh();
    load("b", 1L);
    assertThat(fresh.get("a")).isNull();
    assertThat(fresh.get("b")).isNull();
  }

  /**
   * As {@link Table} uses it: a change is visible above the cache before its stamp moves and until
   * the commit has reached the cache; a load takes the stamp, looks above, and only then below.
   */
  @Test
  void committed_besideLoads_neverLeavesAnOldValue() throws Exception {
    AtomicLong stamp = new AtomicLong();
    AtomicLong stored = new AtomicLong();
    AtomicBoolean above = new AtomicBoolean();
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> loads =
        CompletableFuture.runAsync(
            () -> {
              while (!done.get()) {
                long before = stamp.get();
                if (!above.get()) {
                  long value = stored.get();
                  cache.loaded("a", new Known(value, 100), () -> stamp.get() == before);
                }
              }
            });
    try {
      for (long version = 1; version <= 200_000; version++) {
        above.set(true);
        stamp.incrementAndGet();
        stored.set(version);
        cache.committed("a", version % 64 == 0 ? Slot.tombstone(BYTES) : slot(version));
        above.set(false);
        Known known = cache.get("a");
        if (known != null) {
          assertThat(known.content()).isEqualTo(version);
        }
      }
    } finally {
      done.set(true);
      loads.get();
    }
  }
}
