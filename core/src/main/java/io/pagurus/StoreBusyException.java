package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * An update block (or a restore) held what this call needed for longer than the bound. Nothing was
 * changed. <b>Try again</b>; if it repeats, the message shows where the block is.
 */
public final class StoreBusyException extends StateException {
  private static final long serialVersionUID = 1L;

  public StoreBusyException(String message) {
    super(message);
  }

  public StoreBusyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
