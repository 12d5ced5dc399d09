package io.pagurus.internal.runtime;

import io.pagurus.StateStore;

/** Puts a store together. */
public final class StoreOpener {
  private StoreOpener() {}

  /** Opens. */
  public static StateStore open(StoreConfig config) {
    throw new UnsupportedOperationException(config.name);
  }
}
