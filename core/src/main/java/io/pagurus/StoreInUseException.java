package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * Another process owns the store and the policy did not allow to take it over in time. <b>Wait for
 * the named owner to end</b>, end it, or choose {@link OwnershipPolicy#TAKE_OVER}.
 */
public final class StoreInUseException extends StateException {
  private static final long serialVersionUID = 1L;

  public StoreInUseException(String message) {
    super(message);
  }

  public StoreInUseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
