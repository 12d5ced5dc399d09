package io.pagurus.spi;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Finds the codec of a type. Thread-safe. */
@FunctionalInterface
public interface CodecProvider {
  /**
   * The codec for values declared as {@code type}, or null to leave the type to the next provider.
   *
   * @throws IllegalArgumentException when the type can never be stored; says why
   */
  @Nullable Codec<?> codec(Type type);
}
