package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * Storage did not answer in time. <b>Try again later</b>; the store goes on trying by itself and
 * recovers without a restart.
 */
public sealed class StoreUnavailableException extends StateException
    permits CommitUnknownException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message) {
    super(message);
  }

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
