package io.pagurus.testkit;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.engine.Storages;

/** Reads that may block: the engine must take them to its own threads and keep a near cache. */
class NearCacheStoreContractTest extends StateStoreContract {
  private final FaultyStorage storage = Storages.remote();

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().backend(storage);
  }
}
