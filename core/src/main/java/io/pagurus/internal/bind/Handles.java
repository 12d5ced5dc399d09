package io.pagurus.internal.bind;

import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
import io.pagurus.TypeRef;
import io.pagurus.internal.codec.Types;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Set;

/** The fields that receive a live handle. */
final class Handles {
  private static final Set<Class<?>> TYPES =
      Set.of(StateMap.class, StateValue.class, StateCounter.class);

  private Handles() {}

  static boolean isHandle(StateField field) {
    return TYPES.contains(Types.raw(field.type()));
  }

  /** The handle for {@code field}, stored as {@code name}. */
  static Object create(String name, StateField field, StateStore store) {
    Class<?> raw = Types.raw(field.type());
    try {
      if (raw == StateCounter.class) {
        return store.counter(name);
      } else if (raw == StateValue.class) {
        return store.value(name, TypeRef.of(argument(field, 0)));
      }
      return store.map(name, TypeRef.of(argument(field, 0)), TypeRef.of(argument(field, 1)));
    } catch (IllegalArgumentException e) {
      throw field.refused(String.valueOf(e.getMessage()), e);
    }
  }

  private static Type argument(StateField field, int index) {
    if (!(field.type() instanceof ParameterizedType parameterized)) {
      String raw = Types.raw(field.type()).getSimpleName();
      throw field.refused(
          "a raw "
              + raw
              + " does not say what it holds, write "
              + (raw.equals("StateMap") ? "StateMap<String, Cart>" : "StateValue<Cart>"),
          null);
    }
    Type argument = parameterized.getActualTypeArguments()[index];
    TypeVariable<?> variable = Types.unresolved(argument);
    if (variable != null) {
      throw field.refused(
          "what the type variable "
              + variable
              + " stands for is not known from the class, bind a subclass that says it",
          null);
    }
    return argument;
  }
}
