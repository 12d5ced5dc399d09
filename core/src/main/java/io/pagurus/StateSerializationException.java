package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * A key, a value or a plain field could not be encoded. Nothing was written. <b>Fix the type</b>
 * the message names.
 */
public final class StateSerializationException extends StateException {
  private static final long serialVersionUID = 1L;

  public StateSerializationException(String message) {
    super(message);
  }

  public StateSerializationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
