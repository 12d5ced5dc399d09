package io.pagurus;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A named single value inside a store. Thread-safe. Visibility, durability and exceptions are those
 * of {@link StateMap}.
 *
 * @param <T> the type of the value
 */
public interface StateValue<T> {
  /** The name of this value, unique in its store. */
  String name();

  /** Returns the value, or null if none was set. */
  @Nullable T get();

  /** Returns the value, or {@code otherwise} if none was set. */
  default T getOrDefault(T otherwise) {
    T value = get();
    return value == null ? otherwise : value;
  }

  /** Sets the value. */
  void set(T value);

  /**
   * Sets the value to what {@code function} makes of the current one (null if none); a null result
   * clears it. Returns the new value. The function may run more than once, see {@link
   * StateMap#compute}.
   */
  @Nullable T update(UnaryOperator<@Nullable T> function);

  /** Removes the value. */
  void clear();
}
