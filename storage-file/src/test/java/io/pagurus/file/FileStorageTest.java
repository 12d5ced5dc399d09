package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendProvider;
import io.pagurus.testkit.LeakExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The parts of a store as its URL asks for them. */
@ExtendWith(LeakExtension.class)
class FileStorageTest {
  @TempDir Path directory;

  private FileStorage open(String options) {
    return FileStorage.open(
        FileUrl.parse("file:" + directory.resolve("new/data") + options),
        Locks.request(OwnershipPolicy.FAIL, Duration.ofSeconds(1)));
  }

  private static void close(FileStorage storage) {
    storage.log().close();
    storage.objects().close();
    storage.turn().close();
  }

  @Test
  void plainUrl_makesAnAppendFileBelowTheNameOfTheStore() throws IOException {
    FileStorage storage = open("");
    Path root = directory.resolve("new/data/checkout");
    assertThat(storage.log()).isInstanceOf(AppendFileLog.class);
    assertThat(storage.survives()).isEqualTo(BackendInfo.Survives.POWER_CUT);
    assertThat(storage.source()).isEqualTo("file:" + directory.resolve("new/data"));
    for (Path made : new Path[] {directory.resolve("new"), root.getParent(), root}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rwx------");
    }
    assertThat(storage.objects().list("", null, 9)).as("the lock is no object").isEmpty();
    close(storage);
  }

  @Test
  void options_areFollowed() {
    FileStorage storage = open("?durability=process&log=append");
    assertThat(storage.survives()).isEqualTo(BackendInfo.Survives.PROCESS_DEATH);
    close(storage);
    storage = open("?log=slots");
    assertThat(storage.log()).isInstanceOf(SlotLog.class);
    close(storage);
  }

  @Test
  void owner_removesWhatTheDeadLeft() throws IOException {
    FileStorage storage = open("");
    Path left = directory.resolve("new/data/checkout/tmp/x-1");
    Files.createDirectory(left.getParent());
    Files.writeString(left, "half");
    storage.turn().owning(2);
    assertThat(left).doesNotExist();
    close(storage);
  }

  @Test
  void directoryThatCannotBeMade_saysSo() throws IOException {
    Files.writeString(directory.resolve("new"), "a file");
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(directory.resolve("new/data/checkout").toString())
        .hasMessageContaining("Check that");
  }

  @Test
  void directoryThatMayNotBeWritten_saysSo() throws IOException {
    Assumptions.assumeFalse("root".equals(System.getProperty("user.name")), "root may write");
    Files.createDirectory(
        directory.resolve("new"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("AccessDenied");
  }

  @Test
  void provider_isFoundByItsScheme() {
    assertThat(ServiceLoader.load(BackendProvider.class))
        .anyMatch(provider -> provider.schemes().contains("file"));
  }
}
