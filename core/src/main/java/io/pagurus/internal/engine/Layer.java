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

  private final ConcurrentHashMap<Object, Slot> slots = new ConcurrentHashMap<>();
  private final boolean hides;

  Layer(boolean hides) {
    this.hides = hides;
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
