package io.pagurus.testkit;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The shutdown hooks of this JVM that are Pagurus's own, by the name or class of their thread. They
 * can be seen only with {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
final class ShutdownHooks {
  private ShutdownHooks() {}

  /** The hooks; empty where they cannot be seen. */
  static List<Thread> registered() {
    Optional<Field> field = field();
    if (field.isEmpty()) {
      return List.of();
    }
    try {
      Map<?, ?> hooks = (Map<?, ?>) field.get().get(null);
      return hooks == null // the JVM is going down
          ? List.of()
          : hooks.keySet().stream().map(Thread.class::cast).filter(ShutdownHooks::isOurs).toList();
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether {@link #registered} can see anything. */
  static boolean visible() {
    return field().isPresent();
  }

  private static boolean isOurs(Thread hook) {
    return hook.getName().startsWith("pagurus-")
        || hook.getClass().getName().startsWith("io.pagurus.");
  }

  private static Optional<Field> field() {
    try {
      Field field = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
      field.setAccessible(true);
      return Optional.of(field);
    } catch (ReflectiveOperationException | InaccessibleObjectException closedToUs) {
      return Optional.empty();
    }
  }
}
