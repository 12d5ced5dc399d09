package io.pagurus.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Strict UTF-8: the JDK's shortcuts replace what they cannot translate by {@code ?} or U+FFFD, and
 * two different strings would become one.
 */
final class Utf8 {
  private Utf8() {}

  /**
   * Encodes {@code text}.
   *
   * @throws IllegalArgumentException when it holds half a surrogate pair
   */
  static byte[] encode(String text) {
    return check(text).getBytes(UTF_8);
  }

  /**
   * Returns {@code text}.
   *
   * @throws IllegalArgumentException when it holds half a surrogate pair
   */
  static String check(String text) {
    for (int i = 0, n = text.length(); i < n; i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        i = pairAt(text, i);
      }
    }
    return text;
  }

  /** Returns the index of the second half of the pair whose first half is at {@code index}. */
  private static int pairAt(String text, int index) {
    if (Character.isHighSurrogate(text.charAt(index))
        && index + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(index + 1))) {
      return index + 1;
    }
    throw new IllegalArgumentException(
        "the string holds half a surrogate pair (U+"
            + Integer.toHexString(text.charAt(index)).toUpperCase(java.util.Locale.ROOT)
            + " at index "
            + index
            + "), which UTF-8 cannot express");
  }

  /**
   * Decodes {@code bytes}.
   *
   * @throws IllegalArgumentException when they are not UTF-8
   */
  static String decode(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    if (text.indexOf('\uFFFD') >= 0 && !Arrays.equals(text.getBytes(UTF_8), bytes)) {
      throw new IllegalArgumentException("the " + bytes.length + " bytes are not UTF-8");
    }
    return text;
  }
}
