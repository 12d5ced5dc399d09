package io.pagurus.testkit.engine;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.AsMapSuite;

class MemoryAsMapTest extends AsMapSuite {
  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().backend(Storages.local());
  }
}
