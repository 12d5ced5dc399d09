package io.pagurus.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds a trigger in a stream of pieces, also across their borders. Not thread-safe. */
final class RequestTail {
  private byte[] tail = new byte[0];

  boolean contains(byte[] data, int length, byte[] trigger) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(tail);
    joined.write(data, 0, length);
    byte[] all = joined.toByteArray();
    tail = Arrays.copyOfRange(all, Math.max(0, all.length - trigger.length + 1), all.length);
    // Latin 1 is one character for each byte.
    return new String(all, StandardCharsets.ISO_8859_1)
        .contains(new String(trigger, StandardCharsets.ISO_8859_1));
  }
}
