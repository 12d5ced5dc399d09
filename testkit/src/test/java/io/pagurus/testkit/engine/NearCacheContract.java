package io.pagurus.testkit.engine;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.StateStoreContract;

/** The contract of a store on a backend that is slower than the heap, with {@code cacheBytes}. */
abstract class NearCacheContract extends StateStoreContract {
  private final FaultyStorage storage = Storages.remote();
  private final long cacheBytes;

  NearCacheContract(long cacheBytes) {
    this.cacheBytes = cacheBytes;
  }

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().backend(storage).cacheBytes(cacheBytes);
  }
}
