package io.pagurus.testkit;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.internal.memory.MemoryStorage;
import io.pagurus.spi.BackendInfo;

/** Reads that may block: the engine must take them to its own threads and keep a near cache. */
class NearCacheStoreContractTest extends StateStoreContract {
  private final FaultyStorage storage =
      new FaultyStorage(new MemoryStorage())
          .declare(
              info ->
                  new BackendInfo(
                      info.source(),
                      info.maxKeyBytes(),
                      info.maxValueBytes(),
                      info.commitInterval(),
                      info.survives(),
                      /* localReads= */ false,
                      info.heartbeat()));

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().backend(storage);
  }
}
