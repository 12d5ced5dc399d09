package io.pagurus;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A type with its type arguments, for {@code store.value("totals", new TypeRef<Map<Sku, Long>>()
 * {})}. Immutable and thread-safe.
 *
 * @param <T> the type that is meant
 */
public abstract class TypeRef<T> {
  private final Type type;

  /** Captures the type argument of the anonymous subclass. */
  protected TypeRef() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)) {
      throw new IllegalArgumentException(
          "TypeRef needs a type argument: write new TypeRef<List<String>>() {}");
    }
    this.type = parameterized.getActualTypeArguments()[0];
  }

  private TypeRef(Type type) {
    this.type = type;
  }

  /**
   * The reference to a type that is known at run time only, for frameworks. The caller answers for
   * the type argument it is given.
   */
  public static TypeRef<?> of(Type type) {
    return new Given(requireNonNull(type, "type"));
  }

  private static final class Given extends TypeRef<Object> {
    Given(Type type) {
      super(type);
    }
  }

  /** The captured type. */
  public final Type type() {
    return type;
  }

  @Override
  public final String toString() {
    return type.getTypeName();
  }
}
