package io.pagurus.file;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.AsMapSuite;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Guava's suite for maps on files. */
class FileAsMapTest extends AsMapSuite {
  @TempDir static Path directory;

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().url("file:" + directory.resolve("state"));
  }
}
