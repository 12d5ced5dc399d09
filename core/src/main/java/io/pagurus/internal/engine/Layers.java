package io.pagurus.internal.engine;

/**
 * The two generations of changes above the backend: what the next commit will take, and what the
 * commit in flight holds. Immutable; a reader that has it in hand sees both of one moment.
 */
record Layers(Layer pending, Layer inFlight) {
  static Layers empty() {
    return new Layers(new Layer(false), Layer.NONE);
  }
}
