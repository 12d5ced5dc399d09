package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user may write, and what is said otherwise. */
class FileUrlTest {
  @Test
  void paths_areTakenAsTheyAre() {
    assertThat(FileUrl.parse("file:/var/lib/x").path()).isEqualTo(Path.of("/var/lib/x"));
    assertThat(FileUrl.parse("file:///var/lib/a b%20").path())
        .isEqualTo(Path.of("/var/lib/a b%20"));
    assertThat(FileUrl.parse("file:./data/../x").path()).isEqualTo(Path.of("x").toAbsolutePath());
    assertThat(FileUrl.parse("file:data").root("checkout"))
        .isEqualTo(Path.of("data/checkout").toAbsolutePath());
    assertThat(FileUrl.parse("file:~/data").path())
        .isEqualTo(Path.of(System.getProperty("user.home"), "data"));
  }

  @Test
  void options_haveDefaults() {
    FileUrl plain = FileUrl.parse("file:/x");
    assertThat(plain.durability()).isEqualTo(Durability.POWER);
    assertThat(plain.live()).isEqualTo(FileUrl.Live.HEAP);
    assertThat(plain.log()).isNull();
    FileUrl all = FileUrl.parse("file:/x?durability=process&live=offheap&log=slots");
    assertThat(all)
        .isEqualTo(
            new FileUrl(
                Path.of("/x"), Durability.PROCESS, FileUrl.Live.OFFHEAP, FileUrl.LogForm.SLOTS));
    assertThat(FileUrl.parse("file:/x?durability=power&live=heap&log=append").log())
        .isEqualTo(FileUrl.LogForm.APPEND);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"durability=none", "Durability=power", "sync=true", "log=append,live=heap"})
  void unknownOption_isRefusedAndTheKnownAreNamed(String option) {
    assertThatThrownBy(() -> FileUrl.parse("file:/x?live=heap&" + option))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + option + "\"")
        .hasMessageContaining("durability=power")
        .hasMessageContaining("durability=process")
        .hasMessageContaining("live=heap")
        .hasMessageContaining("live=offheap")
        .hasMessageContaining("log=append")
        .hasMessageContaining("log=slots");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:", "file:?log=slots", "file://host/path", "jdbc:h2:x", "file:a\0b"})
  void urlWithoutAPath_isRefused(String url) {
    assertThatThrownBy(() -> FileUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file:/absolute/path");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void storeName_thatIsNoDirectoryOfItsOwn_isRefused(String name) {
    assertThatThrownBy(() -> FileUrl.parse("file:/x").root(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fileSystems_areKnownByTheirType() {
    for (String local :
        new String[] {"ext4", "xfs", "btrfs", "zfs", "NTFS", "apfs", "overlay", "tmpfs"}) {
      assertThat(FileSystemKind.of(local)).isEqualTo(FileSystemKind.LOCAL);
    }
    for (String shared : new String[] {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "new"}) {
      assertThat(FileSystemKind.of(shared)).isEqualTo(FileSystemKind.SHARED);
    }
  }
}
