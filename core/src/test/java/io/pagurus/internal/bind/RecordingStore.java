package io.pagurus.internal.bind;

import io.pagurus.StateStore;
import io.pagurus.TypeRef;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store that notes which handles are asked for, and gives handles that do nothing. */
final class RecordingStore {
  final List<String> asked = new ArrayList<>();
  @Nullable RuntimeException failure;

  StateStore store() {
    return proxy(
        StateStore.class,
        (method, arguments) -> {
          if (failure != null) {
            throw failure;
          }
          String types =
              Arrays.stream(arguments)
                  .map(a -> a instanceof TypeRef<?> t ? t.type().getTypeName() : a.toString())
                  .toList()
                  .toString();
          asked.add(method.getName() + types);
          return proxy(method.getReturnType(), (m, a) -> m.getName());
        });
  }

  private interface Answer {
    @Nullable Object to(java.lang.reflect.Method method, Object[] arguments);
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                answer.to(method, arguments == null ? new Object[0] : arguments)));
  }
}
