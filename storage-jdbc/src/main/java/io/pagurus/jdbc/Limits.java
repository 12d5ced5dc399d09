package io.pagurus.jdbc;

import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult.Rejected;
import org.jspecify.annotations.Nullable;

/** How large keys and values may be. The columns in {@code schema-1.sql} have the same sizes. */
final class Limits {
  static final int MAX_KEY_BYTES = 2048;

  /** Longer values go to a BLOB: a row is rewritten together with its neighbours. */
  static final int MAX_SMALL_VALUE_BYTES = 65_536;

  static final int MAX_VALUE_BYTES = 16 << 20;

  private Limits() {}

  /**
   * Finds out before anything is sent, because the message of the database would show the value.
   */
  static @Nullable Rejected check(Commit commit) {
    for (Change change : commit.changes()) {
      byte[] value = change.value();
      if (change.key().length > MAX_KEY_BYTES) {
        return reject(change, "key", change.key().length, MAX_KEY_BYTES);
      }
      if (value != null && value.length > MAX_VALUE_BYTES) {
        return reject(change, "value", value.length, MAX_VALUE_BYTES);
      }
    }
    return null;
  }

  private static Rejected reject(Change change, String what, int bytes, int max) {
    return new Rejected(
        change,
        new IllegalArgumentException(
            "The "
                + what
                + " of the entry "
                + Messages.key(change.key())
                + " in space "
                + change.space()
                + " has "
                + bytes
                + " bytes; storage-jdbc takes up to "
                + max
                + ". Split it."));
  }
}
