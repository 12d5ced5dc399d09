package io.pagurus.internal.bind;

import static java.util.Objects.requireNonNull;

import io.pagurus.StateStore;
import io.pagurus.Stateful;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.engine.BoundBean;
import io.pagurus.internal.engine.Names;
import io.pagurus.internal.engine.PlainField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns an annotated object into what the engine works with. Everything is checked and every handle
 * obtained before the object is touched, so a refused bean is left as it was.
 */
public final class BeanBinder {
  private BeanBinder() {}

  /**
   * Injects the live handles of {@code bean} and returns its plain fields and hooks. Plain fields
   * are neither read nor set here.
   *
   * @throws IllegalArgumentException when the class is not annotated as it must be; names the class
   *     and the member
   * @throws io.pagurus.StateSerializationException when the type of a plain field can never be
   *     stored; names class, field, type, reason and fix
   */
  public static BoundBean prepare(Object bean, StateStore store, Codecs codecs) {
    Class<?> type = requireNonNull(bean, "bean").getClass();
    List<StateField> annotated = StateField.of(type);
    String name = name(type, annotated);
    Hooks hooks = Hooks.of(type);

    Map<String, StateField> byName = new LinkedHashMap<>();
    for (StateField field : annotated) {
      String full = name + "." + field.name();
      try {
        Names.check("state field", full);
      } catch (IllegalArgumentException e) {
        throw field.refused(e.getMessage() + "; give it another one with @State(\"...\")", e);
      }
      StateField other = byName.put(full, field);
      if (other != null) {
        throw field.refused(
            "the name '"
                + full
                + "' is taken by "
                + other
                + ", give it another one with"
                + " @State(\"...\")",
            null);
      }
    }

    List<PlainField> plain = new ArrayList<>();
    byName.forEach(
        (full, field) -> {
          if (!Handles.isHandle(field)) {
            plain.add(BeanField.of(full, field, bean, codecs));
          }
        });
    Map<StateField, Object> handles = new LinkedHashMap<>();
    byName.forEach(
        (full, field) -> {
          if (Handles.isHandle(field)) {
            handles.put(field, Handles.create(full, field, store));
          }
        });
    handles.forEach((field, handle) -> field.set(bean, handle));
    return new Bound(name, List.copyOf(plain), bean, hooks);
  }

  private static String name(Class<?> type, List<StateField> annotated) {
    Stateful stateful = find(type);
    if (stateful == null) {
      throw new IllegalArgumentException(
          "class "
              + type.getName()
              + " cannot be bound: it lacks @Stateful(\"name\")"
              + (annotated.isEmpty() ? "" : ", though it has the @State fields " + annotated));
    }
    try {
      return Names.check("stateful class", stateful.value());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "class " + type.getName() + " cannot be bound: " + e.getMessage(), e);
    }
  }

  /**
   * Superclasses count, too: a framework may have made {@code type} a proxy of the user's class.
   */
  private static @Nullable Stateful find(Class<?> type) {
    for (@Nullable Class<?> c = type; c != null; c = c.getSuperclass()) {
      Stateful stateful = c.getDeclaredAnnotation(Stateful.class);
      if (stateful != null) {
        return stateful;
      }
    }
    return null;
  }

  private record Bound(String name, List<PlainField> fields, Object bean, Hooks hooks)
      implements BoundBean {
    @Override
    public void beforeCheckpoint() {
      hooks.beforeCheckpoint(bean);
    }

    @Override
    public void afterRestore() {
      hooks.afterRestore(bean);
    }

    /** Not of the record: the bean's own toString may be anything. */
    @Override
    public String toString() {
      return name + fields;
    }
  }
}
