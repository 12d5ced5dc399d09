package io.pagurus.internal.codec;

/** Reads an array of bytes from front to back; a key that ends too early is refused. */
final class KeyReader {
  private final byte[] bytes;
  private int position;

  KeyReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Skips {@code count} bytes and returns where they begin in {@link #array}. */
  int skip(int count) {
    if (count < 0 || count > remaining()) {
      throw new IllegalArgumentException(
          "the stored key ends after " + bytes.length + " bytes, in the middle of a part");
    }
    int at = position;
    position += count;
    return at;
  }

  byte[] array() {
    return bytes;
  }

  int remaining() {
    return bytes.length - position;
  }

  int readByte() {
    return bytes[skip(1)] & 0xff;
  }

  int readInt() {
    return Bytes.getInt(bytes, skip(4));
  }

  long readLong() {
    return Bytes.getLong(bytes, skip(8));
  }
}
