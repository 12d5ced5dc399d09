package io.pagurus.jdbc;

import io.pagurus.testkit.ProcessStopContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The stop of a process with a store in an embedded H2. */
class H2ProcessStopTest extends ProcessStopContract {
  @TempDir Path directory;

  @Override
  protected String url() {
    return "jdbc:h2:" + directory.resolve("state");
  }
}
