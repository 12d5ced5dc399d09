package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.DoctorMode;
import io.pagurus.Finding;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.UnfitSurroundingsException;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.Machine;
import io.pagurus.testkit.MountedDisk;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The doctor looks at real disks. */
@ExtendWith(LeakExtension.class)
class FileDoctorTest {
  @TempDir Path directory;

  @Test
  void tmpfs_isNoVolume_andNearlyFullWhenItIs() {
    Machine.needsMounts(directory);
    try (MountedDisk disk = MountedDisk.inMemory(directory, "8m")) {
      String url = "file:" + disk.path().resolve("state");
      try (StateStore store = StateStore.open(url)) {
        assertThat(store.status().findings())
            .extracting(Finding::id)
            .contains("store-not-on-a-volume")
            .doesNotContain("volume-nearly-full");
        StateMap<Integer, byte[]> map = store.map("m", Integer.class, byte[].class);
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        for (int i = 0; i < 40; i++) {
          map.put(i, noise.clone());
          store.flush(); // one log, so that much is on the disk
        }
      }
      assertThatThrownBy(() -> StateStore.builder().url(url).doctor(DoctorMode.STRICT).open())
          .isInstanceOfSatisfying(
              UnfitSurroundingsException.class,
              e ->
                  assertThat(e.findings())
                      .extracting(Finding::id)
                      .contains("store-not-on-a-volume", "volume-nearly-full"));
    }
  }
}
