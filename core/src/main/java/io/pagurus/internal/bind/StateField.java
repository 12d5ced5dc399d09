package io.pagurus.internal.bind;

import io.pagurus.State;
import io.pagurus.internal.codec.Modules;
import io.pagurus.internal.codec.Types;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field with {@link State}, accessible, its type without type variables where the class hierarchy
 * tells them. Immutable.
 */
record StateField(Field field, Type type) {

  /**
   * The annotated fields of {@code type}, those of superclasses first.
   *
   * @throws IllegalArgumentException when one is static, final or out of reach
   */
  static List<StateField> of(Class<?> type) {
    List<List<StateField>> levels = new ArrayList<>();
    for (Type t = type; t != null && t != Object.class; t = superclass(t)) {
      List<StateField> level = new ArrayList<>();
      for (Field field : Types.raw(t).getDeclaredFields()) {
        if (field.isAnnotationPresent(State.class)) {
          StateField found = new StateField(field, Types.resolve(field.getGenericType(), t));
          found.check();
          level.add(found);
        }
      }
      levels.add(level);
    }
    Collections.reverse(levels);
    return levels.stream().flatMap(List::stream).toList();
  }

  private static @Nullable Type superclass(Type type) {
    Type generic = Types.raw(type).getGenericSuperclass();
    return generic == null ? null : Types.resolve(generic, type);
  }

  private void check() {
    if (Modifier.isStatic(field.getModifiers())) {
      throw refused("it is static, and state belongs to one object", null);
    }
    if (Modifier.isFinal(field.getModifiers())) {
      throw refused("it is final, so it could not be restored", null);
    }
    try {
      field.setAccessible(true);
    } catch (InaccessibleObjectException e) {
      throw refused(Modules.howToOpen(field.getDeclaringClass()), e);
    }
  }

  /** The name below that of the bean. */
  String name() {
    String given = field.getAnnotation(State.class).value();
    return given.isEmpty() ? field.getName() : given;
  }

  @Nullable Object get(Object bean) {
    try {
      return field.get(bean);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Sets the field.
   *
   * @throws IllegalArgumentException when {@code value} is of another type
   */
  void set(Object bean, @Nullable Object value) {
    try {
      field.set(bean, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  IllegalArgumentException refused(String reason, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "@State field " + this + " cannot be bound: " + reason, cause);
  }

  /** Class and field. */
  @Override
  public String toString() {
    return field.getDeclaringClass().getName() + "." + field.getName();
  }
}
