package io.pagurus.internal.bind;

import io.pagurus.AfterRestore;
import io.pagurus.BeforeCheckpoint;
import io.pagurus.internal.codec.Modules;
import java.lang.annotation.Annotation;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The hook methods of a class, those of superclasses first. Immutable. */
record Hooks(List<Method> beforeCheckpoint, List<Method> afterRestore) {

  /**
   * Finds them.
   *
   * @throws IllegalArgumentException when one is static, has parameters or is out of reach
   */
  static Hooks of(Class<?> type) {
    return new Hooks(find(type, BeforeCheckpoint.class), find(type, AfterRestore.class));
  }

  private static List<Method> find(Class<?> type, Class<? extends Annotation> annotation) {
    List<Class<?>> classes = new ArrayList<>();
    for (@Nullable Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      classes.add(c);
    }
    Collections.reverse(classes);
    List<Method> found = new ArrayList<>();
    Set<String> overridable = new HashSet<>();
    for (Class<?> c : classes) {
      for (Method method : declared(c)) {
        if (!method.isAnnotationPresent(annotation) || method.isSynthetic()) {
          continue;
        }
        check(method, annotation);
        // An overriding method runs once, in the place of the one it overrides.
        if (Modifier.isPrivate(method.getModifiers()) || overridable.add(method.getName())) {
          found.add(method);
        }
      }
    }
    return List.copyOf(found);
  }

  /** In a stable order: reflection promises none. */
  private static List<Method> declared(Class<?> type) {
    List<Method> methods = new ArrayList<>(List.of(type.getDeclaredMethods()));
    methods.sort(java.util.Comparator.comparing(Method::getName));
    return methods;
  }

  private static void check(Method method, Class<? extends Annotation> annotation) {
    String what = "@" + annotation.getSimpleName() + " method " + name(method);
    if (method.getParameterCount() != 0) {
      throw new IllegalArgumentException(what + " must have no parameters");
    }
    if (Modifier.isStatic(method.getModifiers())) {
      throw new IllegalArgumentException(what + " must not be static");
    }
    try {
      method.setAccessible(true);
    } catch (InaccessibleObjectException e) {
      throw new IllegalArgumentException(
          what + " cannot be called: " + Modules.howToOpen(method.getDeclaringClass()), e);
    }
  }

  void beforeCheckpoint(Object bean) {
    beforeCheckpoint.forEach(method -> call(method, bean));
  }

  void afterRestore(Object bean) {
    afterRestore.forEach(method -> call(method, bean));
  }

  private static void call(Method method, Object bean) {
    try {
      method.invoke(bean);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      } else if (cause instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(name(method) + " failed: " + cause, cause);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String name(Method method) {
    return method.getDeclaringClass().getName() + "." + method.getName() + "()";
  }
}
