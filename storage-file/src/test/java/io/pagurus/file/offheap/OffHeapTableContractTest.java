package io.pagurus.file.offheap;

import io.pagurus.internal.log.LiveTables;
import io.pagurus.testkit.LiveTableContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("offheap")
class OffHeapTableContractTest extends LiveTableContract {
  @TempDir Path directory;

  @Override
  protected LiveTables tables() {
    return new OffHeapTables(directory.resolve("live"));
  }
}
