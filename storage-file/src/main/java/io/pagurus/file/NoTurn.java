package io.pagurus.file;

import io.pagurus.internal.log.Tip;
import io.pagurus.internal.log.Turn;
import io.pagurus.spi.BackendRequest;
import java.util.function.Supplier;

/** For looking only: the file of the locks is neither created nor opened for writing. */
final class NoTurn implements Turn {
  @Override
  public Tip await(Supplier<Look> look, BackendRequest request) {
    throw new IllegalStateException("Opened for reading only");
  }

  @Override
  public void owning(long epoch) {
    throw new IllegalStateException("Opened for reading only");
  }

  @Override
  public void close() {}
}
