package io.pagurus.testkit;

import io.pagurus.internal.log.LiveTables;

class HeapTableContractTest extends LiveTableContract {
  @Override
  protected LiveTables tables() {
    return LiveTables.heap();
  }
}
