package io.pagurus.jdbc;

import io.pagurus.spi.BackendProvider;
import io.pagurus.testkit.StateBackendContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** An embedded database that the URL names; several backends of one JVM may share it. */
class EmbeddedFileContractTest extends StateBackendContract {
  private static int places;

  @TempDir static Path directory;

  @Override
  protected BackendProvider storage() {
    places++;
    return new JdbcBackendProvider();
  }

  @Override
  protected String url() {
    return "jdbc:h2:file:" + directory.resolve("db" + places);
  }
}
