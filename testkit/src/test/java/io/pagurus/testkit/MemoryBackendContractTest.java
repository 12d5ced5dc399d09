package io.pagurus.testkit;

import io.pagurus.internal.memory.MemoryStorage;
import io.pagurus.spi.BackendProvider;

class MemoryBackendContractTest extends StateBackendContract {
  @Override
  protected BackendProvider storage() {
    return new MemoryStorage();
  }
}
