package io.pagurus.internal.codec;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Generic types: boxing, raw classes, and what a type variable stands for. */
public final class Types {
  private static final Map<Class<?>, Class<?>> BOXES =
      Map.of(
          int.class, Integer.class,
          long.class, Long.class,
          short.class, Short.class,
          byte.class, Byte.class,
          char.class, Character.class,
          boolean.class, Boolean.class,
          double.class, Double.class,
          float.class, Float.class,
          void.class, Void.class);

  private Types() {}

  /** The boxed type of a primitive one, otherwise {@code type}. */
  public static Type box(Type type) {
    return type instanceof Class<?> c ? BOXES.getOrDefault(c, c) : type;
  }

  /**
   * The class behind {@code type}; of a wildcard or a type variable, that of its bound.
   *
   * @throws IllegalArgumentException for an unknown kind of type
   */
  public static Class<?> raw(Type type) {
    if (type instanceof Class<?> c) {
      return c;
    } else if (type instanceof ParameterizedType p) {
      return (Class<?>) p.getRawType();
    } else if (type instanceof GenericArrayType a) {
      return Array.newInstance(raw(a.getGenericComponentType()), 0).getClass();
    } else if (type instanceof WildcardType w) {
      return raw(w.getUpperBounds()[0]);
    } else if (type instanceof TypeVariable<?> v) {
      return raw(v.getBounds()[0]);
    }
    throw new IllegalArgumentException("an unknown kind of type: " + type.getTypeName());
  }

  /** The name of {@code type} as one reads it in source: without packages of its arguments. */
  public static String name(Type type) {
    if (type instanceof Class<?> c) {
      return c.isAnonymousClass() ? c.getName() : simpleName(c);
    } else if (type instanceof ParameterizedType p) {
      return Arrays.stream(p.getActualTypeArguments())
          .map(Types::name)
          .collect(Collectors.joining(", ", simpleName(raw(p)) + "<", ">"));
    } else if (type instanceof GenericArrayType a) {
      return name(a.getGenericComponentType()) + "[]";
    } else if (type instanceof WildcardType w) {
      return w.getUpperBounds()[0] == Object.class
          ? "?"
          : "? extends " + name(w.getUpperBounds()[0]);
    }
    return type.getTypeName();
  }

  /** {@code Map}, {@code Outer.Inner}, but a class of the application with its package. */
  private static String simpleName(Class<?> type) {
    if (type.isArray()) {
      return simpleName(type.getComponentType()) + "[]";
    }
    String canonical = type.getCanonicalName();
    String name = canonical == null ? type.getName() : canonical;
    return name.startsWith("java.") ? type.getSimpleName() : name;
  }

  /**
   * {@code member}, a type written inside the class of {@code owner}, with the type variables that
   * {@code owner} gives arguments for replaced by them.
   */
  public static Type resolve(Type member, Type owner) {
    Map<TypeVariable<?>, Type> arguments = new HashMap<>();
    collect(owner, arguments);
    return arguments.isEmpty() ? member : substitute(member, arguments);
  }

  private static void collect(@Nullable Type owner, Map<TypeVariable<?>, Type> into) {
    if (owner instanceof ParameterizedType p) {
      TypeVariable<?>[] variables = raw(p).getTypeParameters();
      Type[] arguments = p.getActualTypeArguments();
      for (int i = 0; i < variables.length; i++) {
        into.put(variables[i], arguments[i]);
      }
      collect(p.getOwnerType(), into);
    }
  }

  private static Type substitute(Type type, Map<TypeVariable<?>, Type> arguments) {
    if (type instanceof TypeVariable<?> v) {
      return arguments.getOrDefault(v, v);
    } else if (type instanceof ParameterizedType p) {
      Type[] resolved =
          Stream.of(p.getActualTypeArguments())
              .map(t -> substitute(t, arguments))
              .toArray(Type[]::new);
      return new Parameterized(raw(p), p.getOwnerType(), resolved);
    } else if (type instanceof GenericArrayType a) {
      Type component = substitute(a.getGenericComponentType(), arguments);
      return component instanceof Class<?> c
          ? Array.newInstance(c, 0).getClass()
          : new GenericArray(component);
    } else if (type instanceof WildcardType w
        && w.getLowerBounds().length == 0
        && w.getUpperBounds()[0] != Object.class) {
      return substitute(w.getUpperBounds()[0], arguments);
    }
    return type;
  }

  /** The first type variable in {@code type}, or null when all is known. */
  public static @Nullable TypeVariable<?> unresolved(Type type) {
    if (type instanceof TypeVariable<?> v) {
      return v;
    } else if (type instanceof GenericArrayType a) {
      return unresolved(a.getGenericComponentType());
    } else if (type instanceof ParameterizedType p) {
      for (Type argument : p.getActualTypeArguments()) {
        TypeVariable<?> found = unresolved(argument);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /** Equal to the one of the JDK with the same content. */
  private record Parameterized(Class<?> raw, @Nullable Type owner, Type[] arguments)
      implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return arguments.clone();
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public @Nullable Type getOwnerType() {
      return owner;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ParameterizedType p
          && raw.equals(p.getRawType())
          && Objects.equals(owner, p.getOwnerType())
          && Arrays.equals(arguments, p.getActualTypeArguments());
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(arguments) ^ Objects.hashCode(owner) ^ raw.hashCode();
    }

    @Override
    public String toString() {
      return Arrays.stream(arguments)
          .map(Type::getTypeName)
          .collect(Collectors.joining(", ", raw.getName() + "<", ">"));
    }
  }

  /** Equal to the one of the JDK with the same content. */
  private record GenericArray(Type component) implements GenericArrayType {
    @Override
    public Type getGenericComponentType() {
      return component;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof GenericArrayType a && component.equals(a.getGenericComponentType());
    }

    @Override
    public int hashCode() {
      return component.hashCode();
    }

    @Override
    public String toString() {
      return component.getTypeName() + "[]";
    }
  }
}
