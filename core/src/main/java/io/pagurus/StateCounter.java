package io.pagurus;

/**
 * A named {@code long} inside a store, zero at first. Thread-safe and linearizable; durability and
 * exceptions are those of {@link StateMap}. Overflow throws {@link ArithmeticException} and changes
 * nothing.
 */
public interface StateCounter {
  /** The name of this counter, unique in its store. */
  String name();

  /** Returns the current count. */
  long get();

  /** Adds {@code delta}, which may be negative, and returns the new count. */
  long add(long delta);

  /** Adds one and returns the new count. */
  default long increment() {
    return add(1);
  }

  /** Sets the count. */
  void set(long count);
}
