package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * The stored state is of another format or type than this program can read. <b>Fix the program</b>
 * (or run the version that wrote the state); nothing was changed.
 */
public final class IncompatibleStateException extends StateException {
  private static final long serialVersionUID = 1L;

  public IncompatibleStateException(String message) {
    super(message);
  }

  public IncompatibleStateException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
