package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Contestant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a store larger than the heap works: loads about 2 GB in a JVM with a heap of 512 MB,
 * reopens it after a close and after a kill -9, and compares every field of every entry.
 *
 * <p>Arguments, of the form {@code name=value}: {@code entries} (9 million, about 215 bytes each),
 * {@code heap} (512m), {@code dir} (default {@code benchmarks/target}).
 */
public final class OffHeapProbe {
  private static final Set<String> KNOWN = new TreeSet<>(Set.of("entries", "heap", "dir"));
  private static final int KILLED = 128 + 9;

  private OffHeapProbe() {}

  public static void main(String[] given) throws Exception {
    Arguments arguments = new Arguments(given, KNOWN);
    int entries = arguments.number("entries", 9_000_000);
    Path root = Files.createDirectories(Path.of(arguments.text("dir", "benchmarks/target")));
    Path directory = Files.createTempDirectory(root.toAbsolutePath(), "offheap-");
    Path store = Files.createDirectory(directory.resolve("store"));
    List<String> flags = new ArrayList<>(List.of("-Xmx" + arguments.text("heap", "512m")));
    flags.addAll(Contestant.PAGURUS_OFF_HEAP.jvmFlags);

    System.out.printf("%s%n%,d entries, %s%n", Machine.describe(root), entries, flags);
    step(flags, OffHeapWorker.LOAD, store, entries, 0);
    System.out.printf("  disk after close: %,.0f MB%n", Disk.bytes(directory) / 1e6);
    step(flags, OffHeapWorker.REOPEN, store, entries, 0);
    step(flags, OffHeapWorker.CHANGE_AND_DIE, store, entries, KILLED);
    step(flags, OffHeapWorker.REOPEN_CHANGED, store, entries, 0);
    System.out.printf("  disk at the end: %,.0f MB%n", Disk.bytes(directory) / 1e6);
    Disk.delete(directory);
  }

  private static void step(List<String> flags, String step, Path store, int entries, int expected)
      throws Exception {
    Disk.settle();
    System.out.println(step + ":");
    int exit =
        Fork.run(
            flags, OffHeapWorker.class.getName(), List.of(step, store.toString(), "" + entries));
    if (exit != expected) {
      throw new IllegalStateException(step + " ended with " + exit);
    }
  }
}
