package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a commit was lost and could not be found out in time: the changes may be durable or
 * not. The store keeps resolving it. <b>Treat the changes as possibly done.</b>
 */
public final class CommitUnknownException extends StoreUnavailableException {
  private static final long serialVersionUID = 1L;

  public CommitUnknownException(String message) {
    super(message);
  }

  public CommitUnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
