package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Lifecycle;
import io.pagurus.State;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.Stateful;
import io.pagurus.spi.Change;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Threads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every single commit is one instant of everything: two maps and a plain field agree in each. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(LeakExtension.class)
class CutTest {
  private static final int ENOUGH_COMMITS = 100;
  private static final int BLOCKS = 20_000;
  private static final int CATALOG = 0;

  @Stateful("bean")
  static final class Bean {
    @State String field = "0";
  }

  private final FaultyStorage storage = Storages.remote();
  private final Map<String, String> stored = new HashMap<>();
  private final ConcurrentLinkedQueue<String> torn = new ConcurrentLinkedQueue<>();

  private void look(List<Change> changes) {
    for (Change change : changes) {
      byte[] value = change.value();
      if (value != null && change.space() != CATALOG) {
        // A field may be null, which its encoding says before the text.
        String text = new String(value, StandardCharsets.UTF_8).replaceAll("[^0-9]", "");
        stored.put(new String(change.key(), StandardCharsets.UTF_8), text);
      }
    }
    String field = stored.getOrDefault("bean.field", "0");
    String left = stored.getOrDefault("left", "0");
    String right = stored.getOrDefault("right", "0");
    if (!field.equals(left) || !left.equals(right)) {
      torn.add("field " + field + ", left " + left + ", right " + right);
    }
  }

  @Test
  void everyCommit_isOfOneInstant() throws Exception {
    storage.afterCommit((commit, result) -> look(commit.changes()));
    StateStore store =
        StateStore.builder()
            .backend(storage)
            .commitInterval(Duration.ofNanos(1))
            .captureInterval(Duration.ofHours(1))
            .lifecycle(Lifecycle.EXTERNAL)
            .open();
    StateMap<String, String> one = store.map("one", String.class, String.class);
    StateMap<String, String> two = store.map("two", String.class, String.class);
    Bean bean = store.bind(new Bean());
    AtomicBoolean done = new AtomicBoolean();
    String last = "";
    try (store;
        Threads threads = new Threads()) {
      Future<?> singles =
          threads.run(
              () -> {
                while (!done.get()) {
                  one.put("single", "x"); // has commits begun that need no field
                }
              });
      // Until there were commits enough to catch one in the wrong moment.
      for (int i = 1; i <= BLOCKS || store.status().commits() <= ENOUGH_COMMITS; i++) {
        String value = Integer.toString(i);
        last = value;
        store.update(
            () -> {
              one.put("left", value);
              bean.field = value;
              two.put("right", value);
            });
      }
      done.set(true);
      Threads.get(singles);
    }
    assertThat(torn).isEmpty();
    assertThat(stored).containsEntry("bean.field", last);
  }
}
