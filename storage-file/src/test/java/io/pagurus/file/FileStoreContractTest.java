package io.pagurus.file;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.StateStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A store in files keeps the contract of a store. */
class FileStoreContractTest extends StateStoreContract {
  @TempDir Path directory;

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().url("file:" + directory.resolve("state"));
  }
}
