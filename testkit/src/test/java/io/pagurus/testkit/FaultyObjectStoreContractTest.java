package io.pagurus.testkit;

import io.pagurus.internal.log.ObjectStore;

class FaultyObjectStoreContractTest extends ObjectStoreContract {
  private final MemoryObjectStore bucket = new MemoryObjectStore();

  @Override
  protected ObjectStore open() {
    return new FaultyObjectStore(bucket.connect());
  }
}
