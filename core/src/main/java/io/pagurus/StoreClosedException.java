package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * The store is closed, or is being closed: it takes no more work. Nothing was changed. <b>Open it
 * again</b> if the process goes on.
 */
public final class StoreClosedException extends StateException {
  private static final long serialVersionUID = 1L;

  public StoreClosedException(String message) {
    super(message);
  }

  public StoreClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
