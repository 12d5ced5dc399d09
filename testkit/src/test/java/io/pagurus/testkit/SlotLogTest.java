package io.pagurus.testkit;

import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.SlotLog;

class SlotLogTest extends CommitLogContract {
  private final MemoryObjectStore bucket = new MemoryObjectStore();

  @Override
  protected CommitLog open() {
    return new SlotLog(bucket.connect());
  }
}
