package io.pagurus.internal.codec;

import java.lang.reflect.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A key encoding that can also be a part of another one: {@link #writePart} marks its own end (or
 * has a fixed length), so that the parts of a record cannot run into each other.
 */
abstract class KeyFormat<K> implements KeyCodec<K> {
  private final String id;
  private final Type type;

  KeyFormat(String id, Type type) {
    this.id = id;
    this.type = type;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final Type type() {
    return type;
  }

  /** The id as a part of a record; {@code nullable} for anything but a primitive component. */
  String partId(boolean nullable) {
    return nullable ? id + "_" : id;
  }

  /** Decodes without the check that {@link #encode} would make the same bytes. */
  abstract K parse(byte[] bytes);

  /** Appends {@code key}; {@code nullable} parts begin with a byte that says whether it is null. */
  abstract void writePart(@Nullable K key, KeyWriter out, boolean nullable);

  /** Reads what {@link #writePart} wrote. */
  abstract @Nullable K readPart(KeyReader in, boolean nullable);

  /**
   * Whether every sequence of bytes that {@link #parse} takes is one that {@link #encode} makes.
   */
  boolean isExact() {
    return false;
  }

  @Override
  public final K decode(byte[] bytes) {
    K key;
    try {
      key = parse(bytes);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(describe(bytes) + ": " + e.getMessage(), e);
    }
    if (!isExact() && !Arrays.equals(encode(key), bytes)) {
      throw new IllegalArgumentException(
          describe(bytes) + ": encoding the decoded key gives other bytes");
    }
    return key;
  }

  private String describe(byte[] bytes) {
    return "the stored key of " + bytes.length + " bytes is not a " + type.getTypeName();
  }

  @Override
  public byte[] prefix(String prefix) {
    throw new IllegalArgumentException(
        "a prefix needs string keys, these are " + type.getTypeName());
  }

  @Override
  public final String toString() {
    return id;
  }
}
