package io.pagurus.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real one. Not for threads that may be interrupted, see the package. */
final class LocalDisk implements Disk {
  private static final int LARGEST_READ = 256 << 10;

  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final boolean forcing;

  /**
   * @param durability what a commit survives: for the death of the process nothing is forced
   */
  LocalDisk(Durability durability) {
    this.forcing = durability == Durability.POWER;
  }

  /** Attributes for a new file that nobody else may read. */
  static FileAttribute<?>[] privateFile(Path near) {
    return permissions(near, "rw-------");
  }

  private static FileAttribute<?>[] permissions(Path near, String permissions) {
    return isPosix(near)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  @Override
  public OpenFile create(Path file) throws IOException {
    return new LocalFile(file, FileChannel.open(file, NEW, privateFile(file)));
  }

  @Override
  public OpenFile open(Path file) throws IOException {
    return new LocalFile(file, FileChannel.open(file, StandardOpenOption.READ));
  }

  @Override
  public void link(Path link, Path existing) throws IOException {
    Files.createLink(link, existing);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.delete(file);
  }

  @Override
  public List<Entry> list(Path directory) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path path : stream) {
        try {
          BasicFileAttributes about = Files.readAttributes(path, BasicFileAttributes.class);
          entries.add(new Entry(name(path), about.isDirectory(), about.size()));
        } catch (NoSuchFileException e) {
          continue; // deleted while we looked
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  private static String name(Path path) {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, permissions(directory, "rwx------"));
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    if (!forcing || !isPosix(directory)) {
      return; // Windows cannot open a directory, and forces names by itself
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public Presence exists(Path path) {
    try {
      Files.readAttributes(path, BasicFileAttributes.class);
      return Presence.YES;
    } catch (NoSuchFileException e) {
      return Presence.NO;
    } catch (IOException e) {
      return Presence.UNKNOWN;
    }
  }

  private final class LocalFile implements OpenFile {
    private final Path path;
    private final FileChannel channel;
    private final @Nullable Object key;

    LocalFile(Path path, FileChannel channel) throws IOException {
      this.path = path;
      this.channel = channel;
      try {
        this.key = key();
      } catch (IOException e) {
        try (channel) {
          throw e;
        }
      }
    }

    private @Nullable Object key() throws IOException {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    @Override
    public int write(ByteBuffer data, long offset) throws IOException {
      return channel.write(data, offset);
    }

    @Override
    public void force(boolean metadata) throws IOException {
      if (forcing) {
        channel.force(metadata);
      }
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      // The JDK keeps a direct buffer as large as what is asked for, one for each thread.
      int limit = target.limit();
      target.limit(Math.min(limit, target.position() + LARGEST_READ));
      try {
        return channel.read(target, offset);
      } finally {
        target.limit(limit);
      }
    }

    @Override
    public long length() throws IOException {
      return channel.size();
    }

    @Override
    public Presence inPlace() {
      try {
        return Objects.equals(key, key()) ? Presence.YES : Presence.NO;
      } catch (NoSuchFileException e) {
        return Presence.NO;
      } catch (IOException e) {
        return Presence.UNKNOWN;
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
