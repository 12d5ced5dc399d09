package io.pagurus.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * One changed entry on its way to storage. Immutable.
 *
 * @param key the encoded key
 * @param bytes the encoded value, or null for a removed entry (a tombstone)
 * @param shared the value itself when its type is immutable, so that it may be handed out; else
 *     null
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; slots are compared by identity
record Slot(byte[] key, byte @Nullable [] bytes, @Nullable Object shared) {
  /** What an entry costs on the heap beside its bytes: slot, arrays, hash node. An estimate. */
  static final int OVERHEAD = 96;

  static Slot tombstone(byte[] key) {
    return new Slot(key, null, null);
  }

  boolean isTombstone() {
    return bytes == null;
  }

  int weight() {
    return key.length + (bytes == null ? 0 : bytes.length) + OVERHEAD;
  }
}
