package io.pagurus.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.testkit.ForkedJvm;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Reads 1 GiB of segments with a heap of 512 MB, and says how fast beside bare ranged GETs; and
 * when a store of 100 MB and one of 1 GB answer their first read. Nothing is asserted of times.
 */
@Tag("long")
@Timeout(1200)
class RestoreSpeedTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Test
  void reads_ofOneGigabyte_withAHeapOf512Megabytes_keepUpWithBareGets() {
    String url = CephRgw.inThisMachine().newUrl();
    try (ForkedJvm probe = fork("-Xmx512m", "reads", url, "16")) {
      long best = 0;
      for (int round = 0; round < 3; round++) {
        long bare = Long.parseLong(await(probe, "BARE "));
        long store = Long.parseLong(await(probe, "STORE "));
        System.out.printf("bare %d MB/s, store %d MB/s%n", bare, store);
        best = Math.max(best, store * 100 / Math.max(1, bare));
      }
      System.out.println("best ratio " + best + " %");
      assertThat(best).isPositive();
    }
  }

  @Test
  void timeToFirstRead_isSaid() {
    Map<Integer, String> urls = new LinkedHashMap<>();
    for (int megabytes : List.of(100, 1_000)) {
      String url = CephRgw.inThisMachine().newUrl();
      try (ForkedJvm filler = fork("-Xmx4g", "fill", url, Integer.toString(megabytes))) {
        System.out.printf("%d MB, loaded: %s%n", megabytes, await(filler, "LOADED "));
        System.out.printf("%d MB, filled: %s%n", megabytes, await(filler, "FILLED "));
        await(filler, "DONE");
      }
      urls.put(megabytes, url);
    }
    for (int round = 0; round < 3; round++) {
      urls.forEach(
          (megabytes, url) -> {
            try (ForkedJvm opener = fork("-Xmx4g", "open", url)) {
              System.out.printf("%d MB, opened: %s ms%n", megabytes, await(opener, "OPENED "));
              System.out.printf("%d MB, first read: %s%n", megabytes, await(opener, "FIRST "));
              System.out.printf("%d MB, all: %s%n", megabytes, await(opener, "ALL "));
              await(opener, "DONE");
            }
          });
      System.out.println(
          "load average " + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
  }

  private static ForkedJvm fork(String heap, String... args) {
    return ForkedJvm.of(RestoreProbe.class)
        .jvmArgs(heap)
        .jvmArgs(S3Server.credentials())
        .args(args)
        .start();
  }

  private static String await(ForkedJvm probe, String prefix) {
    return probe.awaitPrefix(prefix, PATIENCE);
  }
}
