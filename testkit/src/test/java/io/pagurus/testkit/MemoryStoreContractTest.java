package io.pagurus.testkit;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.internal.memory.MemoryStorage;

class MemoryStoreContractTest extends StateStoreContract {
  private final MemoryStorage storage = new MemoryStorage();

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().backend(storage);
  }
}
