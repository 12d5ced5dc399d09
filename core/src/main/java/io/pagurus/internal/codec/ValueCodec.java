package io.pagurus.internal.codec;

import static java.util.Objects.requireNonNull;

import io.pagurus.spi.Codec;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A codec with what the engine needs to know about its type. Whatever a codec throws comes out as
 * {@link IllegalArgumentException}, which the caller completes with the place. Immutable and
 * thread-safe.
 *
 * @param <V> the type of the values
 */
public final class ValueCodec<V> {
  private final Codec<V> codec;
  private final String id;
  private final String typeName;
  private final boolean immutable;

  ValueCodec(Codec<V> codec, Type type, boolean immutable) {
    this.codec = codec;
    this.id = checkedId(codec);
    this.typeName = Types.name(type);
    this.immutable = immutable;
  }

  private static String checkedId(Codec<?> codec) {
    String id = codec.id();
    if (!id.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "the id of codec "
              + codec.getClass().getName()
              + " must be 1 to 64 of letters, digits, '.', '_', '-', was '"
              + id
              + "'");
    }
    return id;
  }

  /** The id of the encoding, see {@link Codec#id}. */
  public String id() {
    return id;
  }

  /** The declared type, for messages. */
  public String typeName() {
    return typeName;
  }

  /** Whether a decoded value may be shared, because nobody can change it. */
  public boolean immutable() {
    return immutable;
  }

  /**
   * Encodes {@code value}.
   *
   * @throws IllegalArgumentException when it cannot be stored; says why
   */
  public byte[] encode(V value) {
    requireNonNull(value, "value");
    byte[] bytes;
    try {
      bytes = codec.encode(value);
    } catch (RuntimeException | StackOverflowError e) {
      throw failed("cannot be encoded", e);
    }
    if (bytes == null) {
      throw new IllegalArgumentException(
          typeName + " cannot be encoded: codec " + id + " gave null");
    }
    return bytes;
  }

  /**
   * Decodes what {@link #encode} made.
   *
   * @throws IllegalArgumentException when the bytes do not fit the type; says why
   */
  public V decode(byte[] bytes) {
    V value;
    try {
      value = codec.decode(bytes);
    } catch (RuntimeException | StackOverflowError e) {
      throw failed("cannot be decoded from " + bytes.length + " bytes", e);
    }
    if (value == null) {
      throw new IllegalArgumentException(
          typeName + " cannot be decoded: the " + bytes.length + " bytes stand for null");
    }
    return value;
  }

  private IllegalArgumentException failed(String what, Throwable cause) {
    @Nullable String message = cause.getMessage();
    String reason =
        cause instanceof IllegalArgumentException && message != null ? message : cause.toString();
    return new IllegalArgumentException(typeName + " " + what + ": " + reason, cause);
  }

  @Override
  public String toString() {
    return typeName + " as " + id;
  }
}
