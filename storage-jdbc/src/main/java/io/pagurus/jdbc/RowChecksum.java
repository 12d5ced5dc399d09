package io.pagurus.jdbc;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The CRC32C stored with each entry: over its space, the length of its key, its key and its value,
 * so that a value that ended up under another key is noticed too. The version is left out: a
 * restore gives rows a new one inside the database.
 */
final class RowChecksum {
  private RowChecksum() {}

  static int of(int space, byte[] key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(8).putInt(space).putInt(key.length).flip());
    crc.update(key);
    crc.update(value);
    return (int) crc.getValue();
  }
}
