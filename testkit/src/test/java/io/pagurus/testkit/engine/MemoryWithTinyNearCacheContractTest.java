package io.pagurus.testkit.engine;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.StateStoreContract;

/** The cache holds two or three entries, so that loads and evictions never stop. */
class MemoryWithTinyNearCacheContractTest extends StateStoreContract {
  private final FaultyStorage storage = Storages.remote();

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().backend(storage).cacheBytes(400);
  }
}
