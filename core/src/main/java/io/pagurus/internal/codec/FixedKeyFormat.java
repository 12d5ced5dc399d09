package io.pagurus.internal.codec;

import org.jspecify.annotations.Nullable;

/** Keys that all have the same length. */
final class FixedKeyFormat<K> extends KeyFormat<K> {
  /** Puts a key into {@code to} at {@code at}. */
  interface Put<K> {
    void put(K key, byte[] to, int at);
  }

  /** Gets a key from {@code from} at {@code at}. */
  interface Get<K> {
    K get(byte[] from, int at);
  }

  private final int length;
  private final boolean exact;
  private final Put<K> put;
  private final Get<K> get;

  /**
   * @param exact whether every sequence of {@code length} bytes is a key
   */
  FixedKeyFormat(String id, Class<K> type, int length, boolean exact, Put<K> put, Get<K> get) {
    super(id, type);
    this.length = length;
    this.exact = exact;
    this.put = put;
    this.get = get;
  }

  @Override
  boolean isExact() {
    return exact;
  }

  @Override
  public byte[] encode(K key) {
    byte[] bytes = new byte[length];
    put.put(key, bytes, 0);
    return bytes;
  }

  @Override
  K parse(byte[] bytes) {
    if (bytes.length != length) {
      throw new IllegalArgumentException("that takes " + length + " bytes");
    }
    return get.get(bytes, 0);
  }

  @Override
  void writePart(@Nullable K key, KeyWriter out, boolean nullable) {
    if (nullable) {
      out.writeByte(key == null ? 0 : 1);
    }
    if (key != null) {
      int at = out.grow(length);
      put.put(key, out.array(), at);
    }
  }

  @Override
  @Nullable K readPart(KeyReader in, boolean nullable) {
    if (nullable && in.readByte() == 0) {
      return null;
    }
    int at = in.skip(length);
    return get.get(in.array(), at);
  }
}
