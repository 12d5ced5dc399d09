package io.pagurus.internal.codec;

import io.pagurus.spi.Codec;
import java.lang.reflect.Type;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values that are written without JSON: strings, boxed primitives and UUIDs as {@link KeyFormats}
 * writes them, byte arrays (id {@code bytes}) as they are.
 */
final class DirectValues {
  private static final Set<Class<?>> LIKE_KEYS =
      Set.of(
          String.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          Character.class,
          Boolean.class,
          UUID.class);

  private DirectValues() {}

  /** The codec of {@code type}, or null if it is not written directly. */
  static @Nullable Codec<?> of(Type type) {
    if (type == byte[].class) {
      return new ByteArrays();
    }
    if (!(type instanceof Class<?> c) || !LIKE_KEYS.contains(c)) {
      return null;
    }
    KeyFormat<?> format = KeyFormats.single(type);
    if (format == null) {
      throw new AssertionError(type);
    }
    return new LikeKeys<>(format);
  }

  private record LikeKeys<T>(KeyFormat<T> format) implements Codec<T> {
    @Override
    public String id() {
      return format.id();
    }

    @Override
    public byte[] encode(T value) {
      return format.encode(value);
    }

    @Override
    public T decode(byte[] bytes) {
      return format.decode(bytes);
    }
  }

  /** Copies, because neither the caller's array nor the stored one may change with the other. */
  private static final class ByteArrays implements Codec<byte[]> {
    @Override
    public String id() {
      return "bytes";
    }

    @Override
    public byte[] encode(byte[] value) {
      return value.clone();
    }

    @Override
    public byte[] decode(byte[] bytes) {
      return bytes.clone();
    }
  }
}
