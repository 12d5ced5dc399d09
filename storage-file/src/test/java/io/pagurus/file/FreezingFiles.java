package io.pagurus.file;

import io.pagurus.internal.log.LogBackend;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Files on a disk that can call somebody at one of the three steps of a commit. */
final class FreezingFiles implements BackendProvider {
  /** The three calls that a commit is made of; the caller is asked before them. */
  enum Step {
    WRITE,
    FORCE,
    LOOK
  }

  private record Hook(Step step, Runnable action) {}

  private final AtomicReference<Hook> hook = new AtomicReference<>();

  /** Runs {@code action} before the next {@code step}, once. */
  void beforeNext(Step step, Runnable action) {
    hook.set(new Hook(step, action));
  }

  private void at(Step step) {
    Hook set = hook.get();
    if (set != null && set.step == step && hook.compareAndSet(set, null)) {
      set.action.run();
    }
  }

  @Override
  public Set<String> schemes() {
    return Set.of("file");
  }

  @Override
  public StateBackend open(BackendRequest request) {
    FileUrl url = FileUrl.parse(Objects.requireNonNull(request.url()));
    Disk disk = new FreezingDisk(new LocalDisk(url.durability()));
    return new LogBackend(
        FileStorage.open(url, request, disk, AppendFileLog.PART_BYTES).toLogStorage(), request);
  }

  private static boolean is(Path file, String suffix) {
    return file.toString().endsWith(suffix);
  }

  private final class FreezingDisk implements Disk {
    private final Disk real;

    FreezingDisk(Disk real) {
      this.real = real;
    }

    @Override
    public OpenFile create(Path file) throws IOException {
      OpenFile made = real.create(file);
      return is(file, ".log") ? new FreezingFile(made) : made;
    }

    @Override
    public Presence exists(Path path) {
      if (is(path, ".seal")) {
        at(Step.LOOK);
      }
      return real.exists(path);
    }

    @Override
    public OpenFile open(Path file) throws IOException {
      return real.open(file);
    }

    @Override
    public void link(Path link, Path existing) throws IOException {
      real.link(link, existing);
    }

    @Override
    public void delete(Path file) throws IOException {
      real.delete(file);
    }

    @Override
    public List<Entry> list(Path directory) throws IOException {
      return real.list(directory);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
      real.createDirectory(directory);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
      real.forceDirectory(directory);
    }
  }

  private final class FreezingFile implements Disk.OpenFile {
    private final Disk.OpenFile real;

    FreezingFile(Disk.OpenFile real) {
      this.real = real;
    }

    @Override
    public int write(ByteBuffer data, long offset) throws IOException {
      at(Step.WRITE);
      return real.write(data, offset);
    }

    @Override
    public void force(boolean metadata) throws IOException {
      at(Step.FORCE);
      real.force(metadata);
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return real.read(target, offset);
    }

    @Override
    public long length() throws IOException {
      return real.length();
    }

    @Override
    public Disk.Presence inPlace() {
      return real.inPlace();
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }
}
