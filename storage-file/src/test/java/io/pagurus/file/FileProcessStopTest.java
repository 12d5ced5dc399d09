package io.pagurus.file;

import io.pagurus.testkit.ProcessStopContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The stop of a process with a store in files. */
class FileProcessStopTest extends ProcessStopContract {
  @TempDir Path directory;

  @Override
  protected String url() {
    return "file:" + directory.resolve("state");
  }
}
