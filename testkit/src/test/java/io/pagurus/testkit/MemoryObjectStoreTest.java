package io.pagurus.testkit;

import io.pagurus.internal.log.ObjectStore;

class MemoryObjectStoreTest extends ObjectStoreContract {
  private final MemoryObjectStore bucket = new MemoryObjectStore();

  @Override
  protected ObjectStore open() {
    return bucket.connect();
  }
}
