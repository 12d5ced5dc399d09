package io.pagurus.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Finding;
import io.pagurus.lifecycle.Surroundings.Mount;
import io.pagurus.lifecycle.Surroundings.SignalFate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StorageChecksTest {
  private static final Path DIRECTORY = Path.of("/var/lib/checkout");
  private static final String EMPTY_DIR =
      "/var/lib/kubelet/pods/0f3/volumes/kubernetes.io~empty-dir/data";
  private static final long GIB = 1L << 30;

  @Test
  void volumeWithRoom_isFine() {
    assertThat(ids(on("ext4", "/"), 10 * GIB, 20 * GIB, GIB)).isEmpty();
  }

  @Test
  void nothingKnown_nothingSaid() {
    assertThat(StorageChecks.of(new Volume(DIRECTORY, null, -1, 0, true), GIB)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlay", "tmpfs", "fuse-overlayfs"})
  void fileSystemOfTheContainer_isNoVolume(String type) {
    assertThat(StorageChecks.of(volume(on(type, "/"), 10 * GIB, 20 * GIB), 0))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.id()).isEqualTo("store-not-on-a-volume");
              assertThat(finding.what()).contains(DIRECTORY.toString(), type);
              assertThat(finding.fix()).contains("PersistentVolumeClaim");
            });
  }

  @Test
  void emptyDir_isGoneWithThePod() {
    assertThat(ids(on("ext4", EMPTY_DIR), 10 * GIB, 20 * GIB, 0))
        .containsExactly("store-in-empty-dir");
  }

  /** An emptyDir in memory is a tmpfs: one finding, not two. */
  @Test
  void emptyDirInMemory_isOneFinding() {
    assertThat(ids(on("tmpfs", EMPTY_DIR), 10 * GIB, 20 * GIB, 0))
        .containsExactly("store-not-on-a-volume");
  }

  @Test
  void notWritable_saysWho() {
    assertThat(StorageChecks.of(new Volume(DIRECTORY, on("ext4", "/"), 0, GIB, false), 0))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.id()).isEqualTo("volume-not-writable");
              assertThat(finding.fix()).contains("fsGroup");
            });
  }

  @Test
  void lessThanTwiceTheState_isNearlyFull() {
    assertThat(ids(on("ext4", "/"), 4 * GIB - 1, 100 * GIB, 2 * GIB))
        .containsExactly("volume-nearly-full");
    assertThat(ids(on("ext4", "/"), 4 * GIB, 100 * GIB, 2 * GIB)).isEmpty();
  }

  /** 5 %, but on a large disk nobody needs that much. */
  @Test
  void littleOfTheVolume_isNearlyFull() {
    assertThat(ids(on("ext4", "/"), 40L << 20, GIB, 0)).containsExactly("volume-nearly-full");
    assertThat(ids(on("ext4", "/"), 60L << 20, GIB, 0)).isEmpty();
    assertThat(ids(on("ext4", "/"), 2 * GIB, 1_000 * GIB, 0)).isEmpty();
  }

  @Test
  void directoryThatIsYetToBeMade_isLookedForAbove(@TempDir Path directory) throws IOException {
    Mount mount = new Mount("/", directory.toRealPath(), "xfs");
    Surroundings here =
        new Surroundings(
            SignalFate.TAKEN,
            List.of(),
            List.of(),
            List.of(new Mount("/", Path.of("/"), "overlay"), mount),
            0,
            0);
    Volume volume = Volume.of(directory.resolve("not/there/yet"), here);
    assertThat(volume.mount()).isEqualTo(mount);
    assertThat(volume.writable()).isTrue();
    assertThat(volume.usableBytes()).isPositive();
    assertThat(volume.totalBytes()).isGreaterThanOrEqualTo(volume.usableBytes());
    assertThat(volume.directory()).isEqualTo(directory.resolve("not/there/yet"));
  }

  private static Mount on(String type, String root) {
    return new Mount(root, DIRECTORY, type);
  }

  private static Volume volume(@Nullable Mount mount, long usable, long total) {
    return new Volume(DIRECTORY, mount, usable, total, true);
  }

  private static List<String> ids(Mount mount, long usable, long total, long state) {
    return StorageChecks.of(volume(mount, usable, total), state).stream().map(Finding::id).toList();
  }
}
