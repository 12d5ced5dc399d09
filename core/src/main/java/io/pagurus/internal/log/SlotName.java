package io.pagurus.internal.log;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The name of a slot: {@code c/{~epoch}/{~seq}}, where {@code ~x} is {@code Long.MAX_VALUE - x} in
 * 16 hexadecimal digits, so that the newest lists first.
 *
 * @param epoch the epoch
 * @param seq the version of the commit that is in it, or would be if there were no seal
 */
record SlotName(long epoch, long seq) {
  /** What the names of all slots begin with. */
  static final String ROOT = "c/";

  private static final int DIGITS = 16;
  private static final int LENGTH = ROOT.length() + DIGITS + 1 + DIGITS;

  /** What the names of all slots of {@code epoch} begin with; sorts before them. */
  static String folder(long epoch) {
    return ROOT + inverse(epoch) + "/";
  }

  /** Sorts behind all slots of {@code epoch}, and before those of older epochs. */
  static String behind(long epoch) {
    return ROOT + inverse(epoch) + (char) ('/' + 1);
  }

  String key() {
    return folder(epoch) + inverse(seq);
  }

  SlotName next() {
    return new SlotName(epoch, seq + 1);
  }

  /** Null when {@code key} is not the name of a slot. */
  static @Nullable SlotName of(String key) {
    int slash = ROOT.length() + DIGITS;
    if (key.length() != LENGTH || !key.startsWith(ROOT) || key.charAt(slash) != '/') {
      return null;
    }
    try {
      SlotName name =
          new SlotName(
              Long.MAX_VALUE - HexFormat.fromHexDigitsToLong(key, ROOT.length(), slash),
              Long.MAX_VALUE - HexFormat.fromHexDigitsToLong(key, slash + 1, LENGTH));
      return name.key().equals(key) ? name : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String inverse(long number) {
    return HexFormat.of().toHexDigits(Long.MAX_VALUE - number);
  }
}
