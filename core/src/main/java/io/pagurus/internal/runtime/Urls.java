package io.pagurus.internal.runtime;

import java.util.regex.Pattern;

/** URLs for people. */
final class Urls {
  private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");
  private static final Pattern SECRET =
      Pattern.compile("(?i)((?:password|pwd|secret|token|key)[^=;&?]*=)[^;&]*");

  private Urls() {}

  /** Without user names and passwords. */
  static String redact(String url) {
    return SECRET.matcher(USER_INFO.matcher(url).replaceAll("//***@")).replaceAll("$1***");
  }
}
