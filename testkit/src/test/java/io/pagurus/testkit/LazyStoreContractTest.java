package io.pagurus.testkit;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.Workers;

/** A store that restores lazily from a slow bucket keeps the contract. */
class LazyStoreContractTest extends StateStoreContract {
  private final LazyBucket bucket =
      new LazyBucket(
          LazyBucket.SETTINGS.with(new LogSettings.Restore(0, 3, 700, 2, 4)),
          LazyBucket::slow,
          Workers.THREADS);

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().backend(bucket);
  }
}
