package io.pagurus.internal.engine;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one table in one generation: what is not said here is as in the layer below, or,
 * when the layer {@code hides} what is below, absent. Thread-safe; written inside the gate only.
 */
final class Layer {
  /** A layer without changes, never written. */
  static final Layer NONE = new Layer(false);

  private static final int LARGEST_GUESS = 1 << 16;

  private final ConcurrentHashMap<Object, Slot> slots;
  private final boolean hides;

  Layer(boolean hides) {
    this(hides, 0);
  }

  private Layer(boolean hides, int expected) {
    this.hides = hides;
    this.slots = new ConcurrentHashMap<>(Math.min(expected, LARGEST_GUESS));
  }

  /** A layer that probably gets as many changes as this one did, and need not grow for them. */
  Layer next() {
    return new Layer(false, slots.size());
  }

  ConcurrentHashMap<Object, Slot> slots() {
    return slots;
  }

  @Nullable Slot get(Object key) {
    return slots.get(key);
  }

  /** True when the table was cleared at the beginning of this layer. */
  boolean hides() {
    return hides;
  }

  boolean isEmpty() {
    return !hides && slots.isEmpty();
  }
}
