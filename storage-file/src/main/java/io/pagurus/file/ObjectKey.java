package io.pagurus.file;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Object keys as file names. */
final class ObjectKey {
  private static final int MOST_CHARACTERS = 200;
  private static final Pattern PARTS = Pattern.compile("[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*");
  private static final Pattern DOTS = Pattern.compile("(?:^|/)\\.\\.?(?:/|$)");

  private ObjectKey() {}

  /**
   * Where the object is.
   *
   * @throws IllegalArgumentException when it is no key, or one that this storage needs for itself
   */
  static Path file(Path root, String key) {
    if (key.length() > MOST_CHARACTERS
        || !PARTS.matcher(key).matches()
        || DOTS.matcher(key).find()) {
      throw new IllegalArgumentException("\"" + key + "\" is no key of an object");
    }
    int slash = key.indexOf('/');
    if (isReserved(slash < 0 ? key : key.substring(0, slash))) {
      throw new IllegalArgumentException("\"" + key + "\" is reserved");
    }
    return root.resolve(key);
  }

  /** Whether {@code name}, directly below the root, is no object nor a directory of objects. */
  static boolean isReserved(String name) {
    return WriteOnceFiles.isReserved(name) || name.equals(LockFile.NAME);
  }
}
