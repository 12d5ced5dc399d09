package io.pagurus.internal.log;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreInUseException;
import io.pagurus.spi.BackendRequest;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Waits by watching the log: an owner that the operating system proves dead (it ran in this pid
 * space) is not waited for. Where nothing can tell whether its process lives, it is taken for dead
 * once the log did not change for one lease, measured by the own monotonic clock. An idle owner
 * commits three times a lease, so that this does not happen to it.
 */
public final class LeaseTurn implements Turn {
  private final Duration pause;

  /** Looks ten times a second. */
  public LeaseTurn() {
    this(Duration.ofMillis(100));
  }

  /**
   * As above, with another time between two looks.
   *
   * @param pause at most so long; a quarter of the lease where that is shorter
   */
  public LeaseTurn(Duration pause) {
    this.pause = pause;
  }

  @Override
  public Tip await(Supplier<Look> look, BackendRequest request) {
    long begin = System.nanoTime();
    long since = begin;
    Look seen = look.get();
    while (!isFree(seen, request) && request.policy() != OwnershipPolicy.TAKE_OVER) {
      long now = System.nanoTime();
      if (now - since >= request.lease().toNanos() && request.policy() == OwnershipPolicy.WAIT) {
        return seen.tip();
      }
      boolean over = now - begin >= request.maxOwnershipWait().toNanos();
      if (over || request.policy() == OwnershipPolicy.FAIL) {
        throw inUse(seen, request);
      }
      pause(request);
      Look next = look.get();
      if (!next.tip().equals(seen.tip())) {
        since = System.nanoTime();
      }
      seen = next;
    }
    return seen.tip();
  }

  /** Epoch 1 belongs to nobody: the first seal only made the store. */
  private static boolean isFree(Look look, BackendRequest request) {
    Seal seal = look.tip().seal();
    return look.released()
        || look.tip().epoch() <= 1
        || (seal != null && seal.owner().isProvenDead(request.self()));
  }

  private void pause(BackendRequest request) {
    try {
      Thread.sleep(
          Math.max(1, Math.min(pause.toMillis(), request.lease().dividedBy(4).toMillis())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static StoreInUseException inUse(Look look, BackendRequest request) {
    Seal seal = look.tip().seal();
    return new StoreInUseException(
        "Store '"
            + request.storeName()
            + "' is owned by "
            + (seal == null ? "another process" : seal.owner().describe())
            + ". Stop it, or wait longer (maxOwnershipWait), or open with"
            + " OwnershipPolicy.TAKE_OVER, after which it can commit no more.");
  }

  @Override
  public void owning(long epoch) {}

  @Override
  public void close() {}
}
