package io.pagurus.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Lifecycle;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.StateBackend;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Threads;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A value that was read from the backend too long ago must not enter the near cache. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(LeakExtension.class)
class LateLoadTest {
  private final FaultyStorage storage = Storages.remote();
  private final CountDownLatch read = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private volatile boolean slow;

  /** What happens between the read and the moment its answer arrives. */
  enum Meanwhile {
    CLEAR(store -> map(store).clear()),
    CLEAR_IN_A_BLOCK(store -> store.update(() -> map(store).clear())),
    CLEAR_AND_PUT_ANOTHER(
        store -> {
          map(store).clear();
          map(store).put("other", 2);
        }),
    RESTORE(store -> store.restore(store.checkpoints().get(0).id()));

    private final Consumer<StateStore> action;

    Meanwhile(Consumer<StateStore> action) {
      this.action = action;
    }
  }

  private static StateMap<String, Integer> map(StateStore store) {
    return store.map("m", String.class, Integer.class);
  }

  private StateStoreBuilder builder(BackendProvider backend) {
    return StateStore.builder()
        .backend(backend)
        .commitInterval(Duration.ofHours(1))
        .maxReadWait(Duration.ofMinutes(5))
        .lifecycle(Lifecycle.EXTERNAL);
  }

  /** Answers of {@code get} are held back between the backend and the engine. */
  private BackendProvider slowAnswers() {
    return proxy(
        BackendProvider.class,
        storage,
        (method, answer) ->
            answer instanceof StateBackend backend
                ? proxy(StateBackend.class, backend, this::holdBack)
                : answer);
  }

  private Object holdBack(String method, Object answer) {
    if (method.equals("get") && slow) {
      slow = false;
      read.countDown();
      try {
        Threads.await(goOn);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return answer;
  }

  private interface Answer {
    Object change(String method, Object answer);
  }

  private static <T> T proxy(Class<T> type, T target, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              try {
                return answer.change(method.getName(), method.invoke(target, args));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  @ParameterizedTest
  @EnumSource
  void loadThatOverlapsAChangeAndItsCommit_doesNotEnterTheCache(Meanwhile meanwhile)
      throws Exception {
    try (StateStore before = builder(storage).open()) {
      before.checkpoint("empty");
      map(before).put("k", 1);
    }
    try (StateStore store = builder(slowAnswers()).open();
        Threads threads = new Threads()) {
      StateMap<String, Integer> map = map(store);
      slow = true;
      Future<Integer> load = threads.call(() -> map.get("k"));
      Threads.await(read);
      meanwhile.action.accept(store);
      store.flush();
      goOn.countDown();
      assertThat(Threads.get(load)).as("as it was when the read began").isEqualTo(1);
      assertThat(map.get("k")).isNull();
      assertThat(map.putIfAbsent("k", 3)).isNull();
    }
  }

  @Test
  void computeOnAValueThatWasChangedAndCommitted_runsAgain() throws Exception {
    try (StateStore before = builder(storage).open()) {
      map(before).put("k", 1);
    }
    try (StateStore store = builder(slowAnswers()).cacheBytes(1).open();
        Threads threads = new Threads()) {
      StateMap<String, Integer> map = map(store);
      slow = true;
      Future<Integer> sum = threads.call(() -> map.merge("k", 10, Integer::sum));
      Threads.await(read);
      map.put("k", 100);
      store.flush();
      goOn.countDown();
      assertThat(Threads.get(sum)).isEqualTo(110);
      assertThat(map.get("k")).isEqualTo(110);
    }
  }
}
