package io.pagurus.testkit.engine;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.AsMapSuite;

/** Through a near cache of two or three entries: loads and evictions never stop. */
class NearCacheAsMapTest extends AsMapSuite {
  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().backend(Storages.remote()).cacheBytes(400);
  }
}
