package io.pagurus.internal.bind;

import io.pagurus.StateStore;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.engine.BoundBean;

public final class BeanBinder {
  private BeanBinder() {}

  public static BoundBean prepare(Object bean, StateStore store, Codecs codecs) {
    throw new UnsupportedOperationException();
  }
}
