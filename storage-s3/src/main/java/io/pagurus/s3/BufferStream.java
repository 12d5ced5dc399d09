package io.pagurus.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Reads buffers one after the other, and leaves them as they were. Used by one thread. */
final class BufferStream extends InputStream {
  private final ByteBuffer[] data;
  private int current;

  BufferStream(ByteBuffer... data) {
    this.data = new ByteBuffer[data.length];
    for (int i = 0; i < data.length; i++) {
      this.data[i] = data[i].duplicate();
    }
  }

  private boolean isAtEnd() {
    while (current < data.length && !data[current].hasRemaining()) {
      current++;
    }
    return current == data.length;
  }

  @Override
  public int read() {
    return isAtEnd() ? -1 : data[current].get() & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    int read = 0;
    while (read < length && !isAtEnd()) {
      int part = Math.min(length - read, data[current].remaining());
      data[current].get(bytes, offset + read, part);
      read += part;
    }
    return read == 0 ? -1 : read;
  }

  @Override
  public int available() {
    return isAtEnd() ? 0 : data[current].remaining();
  }
}
