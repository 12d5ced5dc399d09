package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A file system of its own for a test, that can be filled, made read-only or cut off. */
public final class MountedDisk implements AutoCloseable {
  private final Path mountPoint;
  private final String[] mount;
  private boolean mounted;

  private MountedDisk(Path directory, String... mount) {
    this.mountPoint = directory.resolve("mount");
    this.mount = mount;
    try {
      Files.createDirectories(mountPoint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    mount();
  }

  /** In memory; {@code size} as mount takes it, for example {@code 8m}. */
  public static MountedDisk inMemory(Path directory, String size) {
    return new MountedDisk(directory, "mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs");
  }

  /** In a file of {@code directory}; {@code type} is {@code ext4} or {@code xfs}. */
  public static MountedDisk inAFile(Path directory, String type) {
    Path image = directory.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(400L << 20); // sparse; XFS wants 300 MB
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Machine.run("mkfs." + type, "-q", image.toString());
    return new MountedDisk(directory, "mount", "-t", type, "-o", "loop", image.toString());
  }

  /** Where it is mounted. */
  public Path path() {
    return mountPoint;
  }

  private void mount() {
    String[] command = java.util.Arrays.copyOf(mount, mount.length + 1);
    command[mount.length] = mountPoint.toString();
    Machine.run(command);
    mounted = true;
  }

  /** Nobody may have a file open there for writing; this process is checked by name. */
  public void makeReadOnly() {
    assertThat(openFiles()).as("what this process has open").isEmpty();
    await()
        .untilAsserted(
            () ->
                assertThat(
                        Machine.tryToRun("mount", "-o", "remount,ro", mountPoint.toString())
                            .output())
                    .isEmpty());
  }

  /** What this process has open on the disk. */
  private List<String> openFiles() {
    List<String> open = new ArrayList<>();
    try (var handles = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path handle : handles) {
        try {
          Path file = Files.readSymbolicLink(handle);
          if (file.startsWith(mountPoint)) {
            open.add(file.toString());
          }
        } catch (NoSuchFileException closedMeanwhile) {
          // not open any more
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open;
  }

  /** Undoes {@link #makeReadOnly}. */
  public void makeWritable() {
    Machine.run("mount", "-o", "remount,rw", mountPoint.toString());
  }

  /**
   * From now on nothing reaches the disk, and what was not forced is lost.
   *
   * <p>A process that goes on meanwhile may still be told that a force succeeded: ext4 (Linux 6.18)
   * answers so when the cut comes between the data and its journal, in 4 of 60 cuts of a program
   * that did nothing but write and {@code fdatasync}. A machine without power tells nobody. So
   * {@code atTheLastMoment} collects what was said before the cut; what is said later counts for
   * nothing.
   *
   * @param atTheLastMoment runs directly before the cut
   */
  public void cutPower(Runnable atTheLastMoment) {
    Path script = mountPoint.resolveSibling("power_cut.py");
    try (InputStream source =
        Objects.requireNonNull(MountedDisk.class.getResourceAsStream("power_cut.py"))) {
      Files.write(script, source.readAllBytes());
      Process cut =
          new ProcessBuilder("python3", script.toString(), mountPoint.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (var said = cut.inputReader();
          var orders = cut.outputWriter()) {
        assertThat(said.readLine()).isEqualTo("armed");
        atTheLastMoment.run();
        orders.write("cut\n");
      }
      assertThat(cut.waitFor()).as("exit code of the power cut").isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while cutting the power", e);
    }
  }

  /** Mounts it again, as at the start of a machine. Nobody may have a file open there. */
  public void restart() {
    Machine.run("umount", mountPoint.toString());
    mounted = false;
    mount();
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted(); // a test that ran into its timeout cleans up, too
    try {
      if (mounted && Machine.tryToRun("umount", mountPoint.toString()).exit() != 0) {
        Machine.run("umount", "--lazy", mountPoint.toString());
      }
      mounted = false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
