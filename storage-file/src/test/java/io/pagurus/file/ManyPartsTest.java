package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Checkpoint;
import io.pagurus.StateCounter;
import io.pagurus.StateStore;
import io.pagurus.testkit.LeakExtension;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A log of many parts: every restart begins one. */
@ExtendWith(LeakExtension.class)
class ManyPartsTest {
  @TempDir Path directory;

  @Test
  void restore_doesNotListTheDirectoryForEachPart() {
    int restarts = 20;
    for (int i = 0; i < restarts; i++) {
      try (StateStore store = StateStore.open("file:" + directory)) {
        store.counter("starts").increment();
      }
    }
    AtomicInteger lists = new AtomicInteger();
    try (StateStore store =
        StateStore.builder()
            .url("file:" + directory)
            .backend(new SmallFiles(Duration.ZERO, counting(lists)))
            .open()) {
      StateCounter starts = store.counter("starts");
      Checkpoint before = store.checkpoint("before");
      starts.increment();
      lists.set(0);
      store.restore(before.id());
      assertThat(lists.get()).isLessThan(restarts / 2);
      assertThat(starts.get()).isEqualTo(restarts);
    }
  }

  private static UnaryOperator<Disk> counting(AtomicInteger lists) {
    return real ->
        (Disk)
            Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (proxy, method, args) -> {
                  if (method.getName().equals("list")) {
                    lists.incrementAndGet();
                  }
                  try {
                    return method.invoke(real, args);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }
}
