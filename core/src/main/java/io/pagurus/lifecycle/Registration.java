package io.pagurus.lifecycle;

import io.pagurus.Lifecycle;
import io.pagurus.ShutdownReport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The one stop of one store: whoever comes first does it, all others wait for it. Thread-safe. */
public final class Registration {
  private final ShutdownCoordinator coordinator;
  private final Stoppable store;
  private final GracePeriod grace;
  private final Lifecycle lifecycle;
  private final boolean watchdog;
  private final AtomicBoolean claimed = new AtomicBoolean();
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  Registration(
      ShutdownCoordinator coordinator,
      Stoppable store,
      GracePeriod grace,
      Lifecycle lifecycle,
      boolean watchdog) {
    this.coordinator = coordinator;
    this.store = store;
    this.grace = grace;
    this.lifecycle = lifecycle;
    this.watchdog = watchdog;
  }

  /**
   * Stops this store alone, within its own grace period; null when its stop had begun before. Then
   * it returns when that is done, or its time is over.
   */
  public @Nullable ShutdownReport close() {
    return coordinator.close(this);
  }

  /** What a stop of this store alone may take, and why. */
  public GracePeriod grace() {
    return grace;
  }

  Stoppable store() {
    return store;
  }

  boolean isManaged() {
    return lifecycle == Lifecycle.AUTOMATIC;
  }

  boolean wantsWatchdog() {
    return watchdog && isManaged();
  }

  /** True for the first one that asks: it has to stop the store and complete {@link #over}. */
  boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  /** Complete when the stop is over, however it went. */
  CompletableFuture<Void> over() {
    return over;
  }
}
