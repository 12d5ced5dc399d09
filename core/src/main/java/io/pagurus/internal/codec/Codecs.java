package io.pagurus.internal.codec;

import io.pagurus.spi.Codec;
import io.pagurus.spi.CodecProvider;
import java.lang.reflect.Type;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the encoding of keys and values by their declared type. Immutable and thread-safe.
 *
 * <p>Keys have encodings of their own ({@link KeyFormats}): equal keys must have equal bytes. For
 * values the user's provider is asked first; strings, boxed primitives, UUIDs and byte arrays are
 * then written directly ({@link DirectValues}), everything else as JSON ({@link JsonValues}).
 */
public final class Codecs {
  private final @Nullable CodecProvider user;
  private final Immutability immutability;
  private final JsonValues json = new JsonValues();

  /**
   * @param user asked first for values, or null
   * @param immutableTypes classes whose instances never change, beyond those known here
   */
  public Codecs(@Nullable CodecProvider user, Set<Class<?>> immutableTypes) {
    this.user = user;
    this.immutability = new Immutability(immutableTypes);
  }

  /**
   * The codec of keys declared as {@code type}.
   *
   * @throws IllegalArgumentException when keys of the type have no stable encoding; says why, and
   *     which types have one
   */
  public <K> KeyCodec<K> keys(Type type) {
    @SuppressWarnings("unchecked") // the caller declares K as type
    KeyCodec<K> codec = (KeyCodec<K>) KeyCodecs.of(type);
    return codec;
  }

  /**
   * The codec of values declared as {@code type}. May take milliseconds the first time: keep it.
   *
   * @throws IllegalArgumentException when values of the type can never be stored; names the part of
   *     the type, the reason and what to do
   */
  public <V> ValueCodec<V> values(Type type) {
    Type boxed = Types.box(type);
    @SuppressWarnings("unchecked") // the caller declares V as type
    Codec<V> codec = (Codec<V>) find(boxed);
    return new ValueCodec<>(codec, boxed, immutability.of(boxed));
  }

  private Codec<?> find(Type type) {
    Codec<?> codec = user == null ? null : user.codec(type);
    if (codec == null) {
      codec = DirectValues.of(type);
    }
    return codec == null ? json.codec(type) : codec;
  }
}
