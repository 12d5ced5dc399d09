package io.pagurus.internal.codec;

import java.lang.reflect.Type;

/**
 * Turns keys of one type into bytes and back. Two keys are equal exactly when their bytes are.
 * Immutable and thread-safe.
 *
 * @param <K> the type of the keys
 */
public interface KeyCodec<K> {
  /**
   * Names the encoding: at most 64 of letters, digits, {@code .}, {@code _}, {@code -}. Keys whose
   * codecs have the same id have the same bytes.
   */
  String id();

  /** The type of the keys; primitive types are given as their boxed type. */
  Type type();

  /**
   * Encodes {@code key}.
   *
   * @throws IllegalArgumentException when this key has no encoding; says why
   */
  byte[] encode(K key);

  /**
   * Decodes what {@link #encode} made.
   *
   * @throws IllegalArgumentException when {@code bytes} are not what {@link #encode} makes of any
   *     key
   */
  K decode(byte[] bytes);

  /**
   * The bytes with which the encodings of exactly those keys begin that start with {@code prefix}.
   *
   * @throws IllegalArgumentException when the keys are not strings
   */
  byte[] prefix(String prefix);
}
