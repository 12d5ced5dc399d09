package io.pagurus.spi;

/**
 * Turns values of one type into bytes and back. Implementations are thread-safe, and {@code
 * decode(encode(v))} equals {@code v}.
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {
  /**
   * Names the encoding, stored once with each map, value and field: a store whose state was written
   * with another id is refused. At most 64 of letters, digits, {@code .}, {@code _}, {@code -}.
   */
  String id();

  /** Encodes {@code value}, never null. Any exception means that the value cannot be stored. */
  byte[] encode(T value);

  /** Decodes what {@link #encode} made. Any exception means that the bytes do not fit the type. */
  T decode(byte[] bytes);
}
