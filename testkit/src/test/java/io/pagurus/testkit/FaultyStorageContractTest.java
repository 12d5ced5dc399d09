package io.pagurus.testkit;

import io.pagurus.internal.memory.MemoryStorage;
import io.pagurus.spi.BackendProvider;

/** Without faults it must not be told from what is behind it. */
class FaultyStorageContractTest extends StateBackendContract {
  @Override
  protected BackendProvider storage() {
    return new FaultyStorage(new MemoryStorage());
  }
}
