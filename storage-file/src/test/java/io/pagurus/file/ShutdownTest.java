package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.ShutdownContract;
import java.util.List;

class ShutdownTest extends ShutdownContract {
  @Override
  protected String url() {
    return "file:" + directory.resolve("state");
  }

  @Override
  protected ForkedJvm service() {
    return ForkedJvm.of(BusyService.class).jvmArgs("-Xmx256m").args(url()).start();
  }

  @Override
  protected void checkHooks(List<String> lines) {
    assertThat(lines).contains("OTHER HOOK");
  }
}
