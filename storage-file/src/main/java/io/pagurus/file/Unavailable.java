package io.pagurus.file;

import io.pagurus.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Path;

/** What a failed call to the file system means to the caller. */
final class Unavailable {
  private Unavailable() {}

  static StoreUnavailableException because(String what, Path path, IOException cause) {
    return new StoreUnavailableException(
        "Cannot "
            + what
            + " "
            + path
            + ": "
            + cause
            + ". Check that the volume is mounted, healthy and has room, and that this user may"
            + " read and write there; the store tries again.",
        cause);
  }
}
