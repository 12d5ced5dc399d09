package io.pagurus.testkit;

import io.pagurus.internal.log.Workers;
import io.pagurus.spi.BackendProvider;

/** A backend that restores lazily from a slow bucket keeps the contract. */
class LazyBackendContractTest extends StateBackendContract {
  @Override
  protected BackendProvider storage() {
    return new LazyBucket(LazyBucket.SETTINGS, LazyBucket::slow, Workers.THREADS);
  }
}
