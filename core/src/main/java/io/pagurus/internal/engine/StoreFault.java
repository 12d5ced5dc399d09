package io.pagurus.internal.engine;

import io.pagurus.OwnershipLostException;
import io.pagurus.StateException;
import io.pagurus.StoreClosedException;
import io.pagurus.StoreFailedException;
import io.pagurus.StoreState;
import org.jspecify.annotations.Nullable;

/**
 * Why a store takes no more work. Immutable. Each caller gets an exception of its own, with its own
 * stack.
 */
record StoreFault(StoreState state, String message, @Nullable Throwable cause) {

  static StoreFault closed(String store) {
    return new StoreFault(
        StoreState.CLOSED,
        "Store '"
            + store
            + "' is closed, or being closed: it takes no more work. Nothing was changed. Open it again"
            + " if the process goes on.",
        null);
  }

  static StoreFault fenced(String store, String owner, long epoch, long myEpoch) {
    return new StoreFault(
        StoreState.FENCED,
        "Store '"
            + store
            + "' was taken over by "
            + owner
            + " (epoch "
            + epoch
            + "; this process had epoch "
            + myEpoch
            + "). Nothing this process writes is confirmed any more. Stop working and let the new owner"
            + " go on.",
        null);
  }

  static StoreFault failed(String message, @Nullable Throwable cause) {
    return new StoreFault(StoreState.FAILED, message, cause);
  }

  StateException toException() {
    return switch (state) {
      case FENCED -> new OwnershipLostException(message, cause);
      case FAILED -> new StoreFailedException(message, cause);
      default -> new StoreClosedException(message, cause);
    };
  }
}
