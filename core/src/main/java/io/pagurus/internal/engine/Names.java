package io.pagurus.internal.engine;

/** Checks names. */
public final class Names {
  private static final int LONGEST = 128;

  private Names() {}

  /**
   * Returns {@code name} if it is 1 to 128 of letters, digits, {@code .}, {@code _}, {@code -}.
   *
   * @param what what it names, for the message: "a map"
   */
  public static String check(String what, String name) {
    if (name.isEmpty() || name.length() > LONGEST || !name.chars().allMatch(Names::isAllowed)) {
      throw new IllegalArgumentException(
          "'"
              + (name.length() > LONGEST ? name.substring(0, LONGEST) + "..." : name)
              + "' cannot name "
              + what
              + ": a name is 1 to 128 of the letters a-z and A-Z, digits, '.', '_' and '-'.");
    }
    return name;
  }

  private static boolean isAllowed(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }
}
