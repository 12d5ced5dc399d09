package io.pagurus.internal.codec;

import java.util.Arrays;

/** A growing array of bytes. Not thread-safe. */
final class KeyWriter {
  private byte[] bytes = new byte[32];
  private int size;

  /**
   * Makes room for {@code count} bytes and returns where they begin; the array is {@link #array}.
   */
  int grow(int count) {
    int at = size;
    size = Math.addExact(at, count);
    if (size > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size, bytes.length + (bytes.length >> 1)));
    }
    return at;
  }

  /** The array as of now: the next {@link #grow} may replace it. */
  byte[] array() {
    return bytes;
  }

  void writeByte(int value) {
    int at = grow(1);
    bytes[at] = (byte) value;
  }

  void writeInt(int value) {
    int at = grow(4);
    Bytes.putInt(bytes, at, value);
  }

  void writeLong(long value) {
    int at = grow(8);
    Bytes.putLong(bytes, at, value);
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }
}
