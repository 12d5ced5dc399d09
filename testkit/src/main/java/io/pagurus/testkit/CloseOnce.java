package io.pagurus.testkit;

import io.pagurus.spi.StateBackend;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets a test close a backend that its fixture will close, too. */
final class CloseOnce extends ForwardingBackend {
  private final AtomicBoolean closed = new AtomicBoolean();

  CloseOnce(StateBackend backend) {
    super(backend);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      super.close();
    }
  }
}
