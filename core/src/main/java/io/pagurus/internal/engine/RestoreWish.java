package io.pagurus.internal.engine;

/** The wish to set the store back to a checkpoint. Thread-safe. */
final class RestoreWish extends ExclusiveWish {
  private final String checkpoint;

  RestoreWish(String checkpoint) {
    this.checkpoint = checkpoint;
  }

  String checkpoint() {
    return checkpoint;
  }
}
