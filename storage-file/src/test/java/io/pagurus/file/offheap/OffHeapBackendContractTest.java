package io.pagurus.file.offheap;

import io.pagurus.file.FileBackendProvider;
import io.pagurus.spi.BackendProvider;
import io.pagurus.testkit.StateBackendContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Files keep the contract of a backend, also with their state off the heap. */
@Tag("offheap")
class OffHeapBackendContractTest extends StateBackendContract {
  private static int places;

  @TempDir static Path directory;

  @Override
  protected BackendProvider storage() {
    places++;
    return new FileBackendProvider();
  }

  @Override
  protected String url() {
    return "file:" + directory.resolve("store" + places) + "?live=offheap";
  }
}
