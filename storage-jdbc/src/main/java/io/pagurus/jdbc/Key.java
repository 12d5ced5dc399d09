package io.pagurus.jdbc;

import java.util.Arrays;

/** A key with its space, as a key of a hash map. */
@SuppressWarnings("ArrayRecordComponent") // compared by content, see below
record Key(int space, byte[] bytes) {
  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && space == key.space && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * space + Arrays.hashCode(bytes);
  }
}
