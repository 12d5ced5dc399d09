package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * The backend refused a commit for its content, or a restore could not be completed. Nothing is
 * dropped and nothing more is committed. <b>Fix what the message names and open the store
 * again.</b>
 */
public final class StoreFailedException extends StateException {
  private static final long serialVersionUID = 1L;

  public StoreFailedException(String message) {
    super(message);
  }

  public StoreFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
