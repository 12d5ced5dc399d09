package io.pagurus.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.internal.memory.MemoryStorage;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class LossWindowTest {
  private static final Duration COMMIT = Duration.ofMillis(80);

  /** A change may come right after a cut: it waits for that commit, and then for its own. */
  @Test
  void lossWindow_commitsSlowerThanTheInterval_coversTwoOfThem() {
    try (StateStore store =
        StateStore.builder()
            .backend(new SlowStorage())
            .commitInterval(Duration.ofMillis(1))
            .open()) {
      StateMap<String, Integer> map = store.map("m", String.class, Integer.class);
      map.put("a", 1);
      store.flush();

      assertThat(store.status().lossWindow()).isGreaterThanOrEqualTo(COMMIT.multipliedBy(2));
    }
  }

  @Test
  void lossWindow_isNeverBelowWhatIsUnsaved() {
    try (StateStore store =
        StateStore.builder()
            .backend(new SlowStorage())
            .commitInterval(Duration.ofMillis(1))
            .open()) {
      StateMap<String, Integer> map = store.map("m", String.class, Integer.class);
      for (int i = 0; i < 2_000; i++) {
        map.put("a", i);
        var status = store.status();
        assertThat(status.lossWindow()).isGreaterThanOrEqualTo(status.unsavedFor());
      }
    }
  }

  /** Memory whose commits take {@link #COMMIT}. */
  private static final class SlowStorage implements BackendProvider {
    private final MemoryStorage target = new MemoryStorage();

    @Override
    public Set<String> schemes() {
      return Set.of();
    }

    @Override
    public StateBackend open(BackendRequest request) {
      StateBackend fast = target.open(request);
      return (StateBackend)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {StateBackend.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("commit")) {
                  long end = System.nanoTime() + COMMIT.toNanos();
                  while (System.nanoTime() < end) {
                    LockSupport.parkNanos(end - System.nanoTime());
                  }
                }
                try {
                  return method.invoke(fast, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getTargetException();
                }
              });
    }
  }
}
