package io.pagurus.jdbc;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.StateStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A store on an embedded H2 file keeps the contract of a store. */
class H2StoreContractTest extends StateStoreContract {
  @TempDir Path directory;

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().url("jdbc:h2:" + directory.resolve("state"));
  }
}
