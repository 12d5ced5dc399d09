package io.pagurus.testkit.engine;

/** The cache holds two or three entries, so that loads and evictions never stop. */
class MemoryWithTinyNearCacheContractTest extends NearCacheContract {
  MemoryWithTinyNearCacheContractTest() {
    super(400);
  }
}
