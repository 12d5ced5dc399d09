package io.pagurus.testkit.engine;

class MemoryWithNearCacheContractTest extends NearCacheContract {
  MemoryWithNearCacheContractTest() {
    super(64L << 20);
  }
}
