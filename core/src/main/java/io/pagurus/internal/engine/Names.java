package io.pagurus.internal.engine;

import java.util.regex.Pattern;

/** The one rule for every name that is stored. */
public final class Names {
  private static final int MAX_LENGTH = 128;
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_LENGTH + "}");

  private Names() {}

  /**
   * Returns {@code name} if it is 1 to 128 of letters, digits, {@code .}, {@code _}, {@code -}.
   *
   * @param what what is named, for the message: {@code map}, {@code store}, ...
   * @throws IllegalArgumentException when it is not; says where it is wrong
   */
  public static String check(String what, String name) {
    if (VALID.matcher(name).matches()) {
      return name;
    }
    throw new IllegalArgumentException(
        "the name of a "
            + what
            + " must be 1 to "
            + MAX_LENGTH
            + " of the letters a to z and A to Z, digits, '.', '_', '-', but "
            + complaint(name));
  }

  private static String complaint(String name) {
    if (name.isEmpty()) {
      return "is empty";
    } else if (name.length() > MAX_LENGTH) {
      return "'" + name.substring(0, 32) + "...' has " + name.length() + " characters";
    }
    int at = 0;
    while (VALID.matcher(name.substring(at, at + 1)).matches()) {
      at++;
    }
    int culprit = name.codePointAt(at);
    String shown = Character.isISOControl(culprit) ? "" : "'" + Character.toString(culprit) + "' ";
    return "'"
        + name.replaceAll("\\p{Cntrl}", "?")
        + "' has "
        + shown
        + String.format("(U+%04X) at index %d", culprit, at);
  }
}
