package io.pagurus.file;

import io.pagurus.testkit.simulation.Simulation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk as one simulated process uses it: before and behind each call others may go on, and some
 * calls fail.
 */
final class ScheduledDisk implements Disk {
  private final Disk disk;
  private final Simulation simulation;
  private final Simulation.Process process;
  private final Runnable onDelete;
  private final int failEvery;
  private @Nullable Object lock;

  ScheduledDisk(
      Disk disk,
      Simulation simulation,
      Simulation.Process process,
      int failEvery,
      Runnable onDelete) {
    this.disk = disk;
    this.simulation = simulation;
    this.process = process;
    this.failEvery = failEvery;
    this.onDelete = onDelete;
  }

  /** Calls inside this lock let no other thread of the process go on. */
  void lock(Object newLock) {
    lock = newLock;
  }

  private void step(String what) {
    Object held = lock;
    if (held != null && Thread.holdsLock(held)) {
      process.lockedStep(what);
    } else {
      process.step(what);
    }
  }

  private void before(String what) throws IOException {
    step(what);
    if (simulation.once(failEvery)) {
      simulation.trace("fails: " + what);
      throw new IOException("simulated: " + what);
    }
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  @Override
  public OpenFile create(Path file) throws IOException {
    before("create " + name(file));
    OpenFile created = disk.create(file);
    step("created " + name(file));
    return new ScheduledFile(created, name(file));
  }

  @Override
  public OpenFile open(Path file) throws IOException {
    before("open " + name(file));
    return new ScheduledFile(disk.open(file), name(file));
  }

  @Override
  public void link(Path link, Path existing) throws IOException {
    before("link " + name(link));
    disk.link(link, existing);
    step("linked " + name(link));
  }

  @Override
  public void delete(Path file) throws IOException {
    before("delete " + name(file));
    disk.delete(file);
    onDelete.run();
    step("deleted " + name(file));
  }

  @Override
  public List<Entry> list(Path directory) throws IOException {
    before("list " + name(directory));
    List<Entry> listed = disk.list(directory);
    step("listed " + listed.size() + " in " + name(directory));
    return listed;
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    before("create directory " + name(directory));
    disk.createDirectory(directory);
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    before("force directory " + directory);
    disk.forceDirectory(directory);
    step("forced directory " + directory);
  }

  @Override
  public Presence exists(Path path) {
    step("exists? " + name(path));
    if (simulation.once(failEvery)) {
      return Presence.UNKNOWN;
    }
    Presence there = disk.exists(path);
    step("exists " + name(path) + ": " + there);
    return there;
  }

  private final class ScheduledFile implements OpenFile {
    private final OpenFile file;
    private final String name;

    ScheduledFile(OpenFile file, String name) {
      this.file = file;
      this.name = name;
    }

    @Override
    public int write(ByteBuffer data, long offset) throws IOException {
      before("write " + data.remaining() + " bytes at " + offset + " of " + name);
      int written = file.write(data, offset);
      step("wrote " + written + " bytes to " + name);
      return written;
    }

    @Override
    public void force(boolean metadata) throws IOException {
      step("force " + name);
      file.force(metadata);
      step("forced " + name);
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      before("read " + name + " at " + offset);
      return file.read(target, offset);
    }

    @Override
    public long length() throws IOException {
      before("length of " + name);
      return file.length();
    }

    @Override
    public Presence inPlace() {
      step("in place? " + name);
      return simulation.once(failEvery) ? Presence.UNKNOWN : file.inPlace();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
