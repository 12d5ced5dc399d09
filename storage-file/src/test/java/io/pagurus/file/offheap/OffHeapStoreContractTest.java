package io.pagurus.file.offheap;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.StateStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** A store in files keeps the contract of a store, also with its state off the heap. */
@Tag("offheap")
class OffHeapStoreContractTest extends StateStoreContract {
  @TempDir Path directory;

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().url("file:" + directory.resolve("state") + "?live=offheap");
  }
}
