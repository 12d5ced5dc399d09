package io.pagurus.file;

import io.pagurus.internal.log.ObjectKeys;
import java.nio.file.Path;

/** Object keys as file names. */
final class ObjectKey {
  private ObjectKey() {}

  /**
   * Where the object is.
   *
   * @throws IllegalArgumentException when it is no key, or one that this storage needs for itself
   */
  static Path file(Path root, String key) {
    ObjectKeys.checked(key);
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
