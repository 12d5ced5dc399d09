package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * What every failure of a store is. The subtypes are cut by what the caller should do; the message
 * says what happened, where, why and what to do next.
 */
public abstract sealed class StateException extends RuntimeException
    permits CorruptStateException,
        IncompatibleStateException,
        OwnershipLostException,
        StateSerializationException,
        StoreBusyException,
        StoreClosedException,
        StoreFailedException,
        StoreInUseException,
        StoreUnavailableException,
        UnfitSurroundingsException {
  private static final long serialVersionUID = 1L;

  StateException(String message) {
    super(message);
  }

  StateException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
