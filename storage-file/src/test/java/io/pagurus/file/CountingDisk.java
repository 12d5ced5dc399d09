package io.pagurus.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes that are written, and lets something happen before each file is read.
 * Thread-safe.
 */
record CountingDisk(Disk disk, AtomicLong written, Runnable beforeOpen) implements Disk {
  @Override
  public OpenFile create(Path file) throws IOException {
    return new CountingFile(disk.create(file), written);
  }

  @Override
  public OpenFile open(Path file) throws IOException {
    beforeOpen.run();
    return disk.open(file);
  }

  @Override
  public void link(Path link, Path existing) throws IOException {
    disk.link(link, existing);
  }

  @Override
  public void delete(Path file) throws IOException {
    disk.delete(file);
  }

  @Override
  public List<Entry> list(Path directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    disk.createDirectory(directory);
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    disk.forceDirectory(directory);
  }

  @Override
  public Presence exists(Path path) {
    return disk.exists(path);
  }

  private record CountingFile(OpenFile file, AtomicLong written) implements OpenFile {
    @Override
    public int write(ByteBuffer data, long offset) throws IOException {
      int more = file.write(data, offset);
      written.addAndGet(more);
      return more;
    }

    @Override
    public void force(boolean metadata) throws IOException {
      file.force(metadata);
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return file.read(target, offset);
    }

    @Override
    public long length() throws IOException {
      return file.length();
    }

    @Override
    public Presence inPlace() {
      return file.inPlace();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
