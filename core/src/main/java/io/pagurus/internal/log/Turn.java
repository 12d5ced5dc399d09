package io.pagurus.internal.log;

import io.pagurus.spi.BackendRequest;
import java.util.function.Supplier;

/**
 * Decides how long to wait for a living owner. Never on the safety path: that is the seal's. Used
 * by one thread.
 */
public interface Turn extends AutoCloseable {
  /**
   * Returns the tip whose epoch may be sealed now: it was released, its owner is proven dead or
   * silent for a lease, or the policy says to take over.
   *
   * @param look looks at the log, and says whether the newest commit is a goodbye
   * @throws io.pagurus.StoreInUseException when the policy or the end of the wait says so
   */
  Tip await(Supplier<Look> look, BackendRequest request);

  /** This process goes on to own {@code epoch}; from here on others see it alive. */
  void owning(long epoch);

  /** Lets go: others may take it for dead. */
  @Override
  void close();

  /**
   * What {@link #await} looks at.
   *
   * @param tip the log
   * @param released whether its newest commit is a goodbye
   */
  record Look(Tip tip, boolean released) {}
}
