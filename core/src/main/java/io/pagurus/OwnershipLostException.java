package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * Another process took the store over; the storage itself refused this one. Nothing is confirmed
 * any more through these handles. <b>Stop working</b>, and let the new owner go on.
 *
 * <p>What was not confirmed by then is lost, with one exception: of the commit that was under way,
 * the new owner may have read all or nothing. It is never part of the history in part.
 */
public final class OwnershipLostException extends StateException {
  private static final long serialVersionUID = 1L;

  public OwnershipLostException(String message) {
    super(message);
  }

  public OwnershipLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
