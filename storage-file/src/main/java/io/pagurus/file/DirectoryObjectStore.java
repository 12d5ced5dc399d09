package io.pagurus.file;

import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectNotFoundException;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.PutResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects as files below a directory, each key a path. Unlike a bucket it cannot have both {@code
 * a} and {@code a/b}. Thread-safe.
 */
final class DirectoryObjectStore implements ObjectStore {
  private final Disk disk;
  private final Directories directories;
  private final WriteOnceFiles files;

  DirectoryObjectStore(Disk disk, Directories directories, WriteOnceFiles files) {
    this.disk = disk;
    this.directories = directories;
    this.files = files;
  }

  private Path file(String key) {
    return ObjectKey.file(directories.root(), key);
  }

  @Override
  public PutResult putIfAbsent(String key, ByteBuffer... data) {
    return files.create(file(key), data);
  }

  @Override
  public PutResult putIfAbsent(String key, Runnable between, ByteBuffer... data) {
    return files.create(file(key), between, data);
  }

  @Override
  public byte[] get(String key, long offset, int length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(length + " bytes from " + offset);
    }
    Path path = file(key);
    try (Disk.OpenFile file = disk.open(path)) {
      long there = Math.max(0, file.length() - offset);
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, there));
      while (bytes.hasRemaining()) {
        if (file.read(bytes, offset + bytes.position()) < 0) {
          throw new IOException("It got shorter while it was read");
        }
      }
      return bytes.array();
    } catch (NoSuchFileException e) {
      directories.requireRoot();
      throw new ObjectNotFoundException(key);
    } catch (IOException e) {
      throw Unavailable.because("read", path, e);
    }
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int max) {
    List<ObjectInfo> found = new ArrayList<>();
    if (max > 0) {
      collect(directories.root(), "", new Wanted(prefix, startAfter, max), found);
    }
    return found;
  }

  /** What to list. */
  private record Wanted(String prefix, @Nullable String startAfter, int max) {
    boolean mayContain(String directory) {
      boolean onTheWay = directory.startsWith(prefix) || prefix.startsWith(directory);
      return onTheWay
          && (startAfter == null
              || directory.compareTo(startAfter) > 0
              || startAfter.startsWith(directory));
    }

    boolean contains(String key) {
      return key.startsWith(prefix) && (startAfter == null || key.compareTo(startAfter) > 0);
    }
  }

  /** A directory is sorted by its name and a slash: its objects come where such a key comes. */
  private static String sortKey(Disk.Entry entry) {
    return entry.isDirectory() ? entry.name() + "/" : entry.name();
  }

  private void collect(Path directory, String key, Wanted wanted, List<ObjectInfo> found) {
    List<Disk.Entry> entries;
    try {
      entries = new ArrayList<>(disk.list(directory));
    } catch (NoSuchFileException e) {
      directories.requireRoot();
      return;
    } catch (IOException e) {
      throw Unavailable.because("list", directory, e);
    }
    entries.sort(Comparator.comparing(DirectoryObjectStore::sortKey));
    for (Disk.Entry entry : entries) {
      if (found.size() == wanted.max() || key.isEmpty() && ObjectKey.isReserved(entry.name())) {
        continue;
      }
      String name = key + sortKey(entry);
      if (entry.isDirectory()) {
        if (wanted.mayContain(name)) {
          collect(directory.resolve(entry.name()), name, wanted, found);
        }
      } else if (wanted.contains(name)) {
        found.add(new ObjectInfo(name, entry.length()));
      }
    }
  }

  @Override
  public void delete(String key) {
    Path path = file(key);
    try {
      disk.delete(path);
    } catch (NoSuchFileException e) {
      directories.requireRoot();
    } catch (IOException e) {
      throw Unavailable.because("delete", path, e);
    }
  }

  @Override
  public void close() {
    // No file stays open between calls.
  }
}
