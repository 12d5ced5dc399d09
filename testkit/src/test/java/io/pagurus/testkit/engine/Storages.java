package io.pagurus.testkit.engine;

import io.pagurus.internal.memory.MemoryStorage;
import io.pagurus.spi.BackendInfo;
import io.pagurus.testkit.FaultyStorage;

/** Storages for the tests of the engine. */
public final class Storages {
  private Storages() {}

  /** Storage on the heap that is read directly. */
  public static FaultyStorage local() {
    return new FaultyStorage(new MemoryStorage());
  }

  /** Storage on the heap that claims to be far away: read by reader threads, with a near cache. */
  public static FaultyStorage remote() {
    return local()
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
  }
}
