package io.pagurus.jdbc;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.AsMapSuite;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Guava's suite for maps on an embedded H2 file. */
class H2AsMapTest extends AsMapSuite {
  @TempDir static Path directory;

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().url("jdbc:h2:" + directory.resolve("state"));
  }
}
