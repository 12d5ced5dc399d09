package io.pagurus.benchmarks;

import io.pagurus.DoctorMode;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;

/**
 * How long {@code close()} takes with so many megabytes that no commit has carried yet: values of 1
 * KiB that do not compress, in files and in H2. The worst case of a stop: nothing but the cadence
 * keeps the backlog from growing to that.
 *
 * <p>Arguments: {@code dir} (where the stores are made, a real disk; default {@code
 * benchmarks/target}), {@code rounds} (3).
 */
public final class FinalSaves {
  private static final int VALUE_BYTES = 1024;
  private static final int[] MEGABYTES = {0, 1, 10, 50, 100};

  private FinalSaves() {}

  public static void main(String[] given) throws IOException {
    Arguments arguments = new Arguments(given, Set.of("dir", "rounds"));
    int rounds = arguments.number("rounds", 3);
    Path root =
        Files.createDirectories(Path.of(arguments.text("dir", "benchmarks/target")))
            .toAbsolutePath();
    System.out.printf("%-8s %10s %14s %14s%n", "storage", "dirty MB", "close() ms", "MB/s");
    for (String url : new String[] {"file:{dir}", "jdbc:h2:{dir}/store"}) {
      measure(url, root, 10); // the code is compiled
      for (int megabytes : MEGABYTES) {
        double[] millis = new double[rounds];
        for (int round = 0; round < rounds; round++) {
          millis[round] = measure(url, root, megabytes);
        }
        Arrays.sort(millis);
        double median = millis[rounds / 2];
        System.out.printf(
            "%-8s %10d %14.1f %14.1f%n",
            url.substring(0, url.indexOf(':')), megabytes, median, megabytes * 1000 / median);
      }
    }
  }

  private static double measure(String url, Path root, int megabytes) throws IOException {
    Path directory = Files.createTempDirectory(root, "final-save");
    StateStore store =
        StateStore.builder()
            .url(url.replace("{dir}", directory.toString()))
            .commitInterval(Duration.ofHours(1))
            .maxPendingBytes(1L << 30)
            .gracePeriod(Duration.ofHours(3))
            .doctor(DoctorMode.OFF)
            .open();
    StateMap<Integer, byte[]> map = store.map("m", Integer.class, byte[].class);
    store.flush();
    Random random = new Random(megabytes);
    int entries = megabytes * 1_000_000 / VALUE_BYTES;
    for (int i = 0; i < entries; i++) {
      byte[] value = new byte[VALUE_BYTES];
      random.nextBytes(value);
      map.put(i, value);
    }
    long begin = System.nanoTime();
    store.close();
    double millis = (System.nanoTime() - begin) / 1e6;
    Disk.delete(directory);
    return millis;
  }
}
