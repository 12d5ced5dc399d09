package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.Lifecycle;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.StoreInUseException;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * One storage under test and every store that was opened on it. Thread-safe for opening.
 *
 * <p>Stores made by {@link #open()} commit only when they are asked to: what a test did not make
 * durable is not durable by chance.
 */
public final class StoreFixture implements AutoCloseable {
  /** Longer than any test: a commit interval of it never comes. */
  static final Duration NEVER = Duration.ofHours(1);

  private final Supplier<StateStoreBuilder> builder;
  private final Function<StateStore, StateStore> reopenAfterCrash;
  private final boolean severalCanOpen;
  private final boolean viewableWhileOwned;
  private final Deque<StateStore> opened = new ArrayDeque<>();

  StoreFixture(
      Supplier<StateStoreBuilder> builder,
      Function<StateStore, StateStore> reopenAfterCrash,
      boolean severalCanOpen,
      boolean viewableWhileOwned) {
    this.builder = builder;
    this.reopenAfterCrash = reopenAfterCrash;
    this.severalCanOpen = severalCanOpen;
    this.viewableWhileOwned = viewableWhileOwned;
  }

  /** Whether two stores can have the storage open at once. */
  boolean severalCanOpen() {
    return severalCanOpen;
  }

  /** Whether a store can be opened for reading only beside its owner. */
  boolean viewableWhileOwned() {
    return viewableWhileOwned;
  }

  /** Opens for reading only, where nobody may have to leave first. */
  StateStore view() {
    return open(settings -> settings.readOnly(true));
  }

  /**
   * Opens for reading only beside {@code owner}; where that cannot be, it must be refused at once,
   * and is possible when {@code owner} is closed.
   */
  StateStore viewBeside(StateStore owner) {
    if (!viewableWhileOwned) {
      long begin = System.nanoTime();
      assertThatThrownBy(this::view).isInstanceOf(StoreInUseException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
      owner.close();
    }
    return view();
  }

  /** A builder with quiet settings: no commit by time, no hooks. */
  StateStoreBuilder builder() {
    return builder.get().commitInterval(NEVER).captureInterval(NEVER).lifecycle(Lifecycle.EXTERNAL);
  }

  /** Opens with quiet settings. */
  StateStore open() {
    return open(settings -> settings);
  }

  /** Opens with quiet settings, changed by {@code settings}. */
  StateStore open(UnaryOperator<StateStoreBuilder> settings) {
    return keep(settings.apply(builder()).open());
  }

  /** Closes {@code store} cleanly and opens another. */
  StateStore reopen(StateStore store) {
    store.close();
    return open();
  }

  /** Lets {@code store} die without a goodbye and opens another. */
  StateStore crash(StateStore store) {
    return keep(reopenAfterCrash.apply(store));
  }

  /** Opens another one in spite of {@code store}, which goes on working and does not know yet. */
  StateStore takeOver() {
    return open(settings -> settings.ownership(OwnershipPolicy.TAKE_OVER));
  }

  /** What stands for a test of two owners where the storage cannot be shared. */
  void assertSecondIsRefused(StateStore first) {
    assertThatThrownBy(
            () ->
                open(
                    settings ->
                        settings
                            .ownership(OwnershipPolicy.TAKE_OVER)
                            .maxOwnershipWait(Duration.ofMillis(200))))
        .isInstanceOf(StoreInUseException.class);
    first.counter("undisturbed").increment();
    first.flush();
  }

  private StateStore keep(StateStore store) {
    synchronized (opened) {
      opened.push(store);
    }
    return store;
  }

  @Override
  public void close() {
    synchronized (opened) {
      while (!opened.isEmpty()) {
        closeQuietly(opened.pop());
      }
    }
  }

  /** A store that lost its storage to another cannot save what it has left, and may say so. */
  private static void closeQuietly(StateStore store) {
    boolean fenced = store.status().state() == StoreState.FENCED;
    try {
      store.close();
    } catch (StoreUnavailableException unsaved) {
      assertThat(fenced || store.status().problem() != null).as("%s", unsaved).isTrue();
    }
  }
}
