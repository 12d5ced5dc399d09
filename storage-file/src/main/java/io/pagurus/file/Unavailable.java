package io.pagurus.file;

import io.pagurus.StoreUnavailableException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a failed call to the file system means to the caller. */
final class Unavailable {
  /** What to do about it. */
  static final String ADVICE =
      " Check that the volume is mounted, healthy and has room, and that this user may read and"
          + " write there; the store tries again.";

  private Unavailable() {}

  static StoreUnavailableException because(String what, Path path, @Nullable Throwable cause) {
    return new StoreUnavailableException(
        "Cannot " + what + " " + path + ": " + cause + "." + ADVICE, cause);
  }
}
