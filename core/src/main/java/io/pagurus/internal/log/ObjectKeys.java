package io.pagurus.internal.log;

import java.util.regex.Pattern;

/** What an {@link ObjectStore} takes as a key. */
public final class ObjectKeys {
  private static final int MOST_CHARACTERS = 200;
  private static final Pattern PARTS = Pattern.compile("[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*");
  private static final Pattern DOTS = Pattern.compile("(?:^|/)\\.\\.?(?:/|$)");

  private ObjectKeys() {}

  /**
   * Returns {@code key}.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static String checked(String key) {
    if (key.length() > MOST_CHARACTERS
        || !PARTS.matcher(key).matches()
        || DOTS.matcher(key).find()) {
      throw new IllegalArgumentException("\"" + key + "\" is no key of an object");
    }
    return key;
  }
}
