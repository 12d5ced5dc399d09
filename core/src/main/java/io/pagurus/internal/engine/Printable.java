package io.pagurus.internal.engine;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes for messages. */
public final class Printable {
  private static final int MOST = 64;

  private Printable() {}

  /** As text where it is plain text, else in hex; cut after 64 bytes. */
  public static String bytes(byte[] bytes) {
    byte[] shown = bytes.length > MOST ? java.util.Arrays.copyOf(bytes, MOST) : bytes;
    String tail = bytes.length > MOST ? "... (" + bytes.length + " bytes)" : "";
    for (byte b : shown) {
      if (b < 0x20 || b == 0x7F) {
        return "0x" + HexFormat.of().formatHex(shown) + tail;
      }
    }
    return "'" + new String(shown, StandardCharsets.US_ASCII) + "'" + tail;
  }
}
