package io.pagurus.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;

/** Byte arrays for keys and values, made and shown. */
final class Bytes {
  private static final int SHOWN = 32;

  private Bytes() {}

  /** The bytes of {@code text} in UTF-8. */
  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** One byte for each of {@code values}, 0 to 255. */
  static byte[] of(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** {@code length} random bytes. */
  static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** Hexadecimal; of long arrays the length and a checksum, so that a failure stays readable. */
  static String show(byte[] bytes) {
    if (bytes.length <= SHOWN) {
      return HexFormat.of().formatHex(bytes);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return HexFormat.of().formatHex(bytes, 0, 8)
        + "...("
        + bytes.length
        + " bytes, crc "
        + Long.toHexString(crc.getValue())
        + ")";
  }
}
