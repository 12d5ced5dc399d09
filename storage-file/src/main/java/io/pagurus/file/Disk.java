package io.pagurus.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The calls to the operating system that storage in files is made of, so that tests can put in a
 * disk that loses, tears and refuses.
 *
 * <p>Nothing is durable before it is forced: the content of a file by {@link OpenFile#force}, its
 * name by {@link #forceDirectory} of the directory it is in. Thread-safe.
 */
interface Disk {
  /** Creates a file for its owner only and opens it for reading and writing. */
  OpenFile create(Path file) throws IOException;

  /** Opens a file for reading. */
  OpenFile open(Path file) throws IOException;

  /**
   * Gives {@code existing} a second name. Of several callers, one wins.
   *
   * @throws java.nio.file.FileAlreadyExistsException when there is a file {@code link}
   */
  void link(Path link, Path existing) throws IOException;

  /**
   * Removes a file.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  void delete(Path file) throws IOException;

  /** What is in a directory, in no order. */
  List<Entry> list(Path directory) throws IOException;

  /** Creates a directory for its owner only; its parent must exist. */
  void createDirectory(Path directory) throws IOException;

  /** Makes the names in a directory durable. */
  void forceDirectory(Path directory) throws IOException;

  /** Whether there is something of that name. Never takes an error for an absence. */
  Presence exists(Path path);

  /** Three-valued, because not to know is not a no. */
  enum Presence {
    YES,
    NO,
    UNKNOWN
  }

  /**
   * One name in a directory.
   *
   * @param name without the directory
   * @param isDirectory whether it is one
   * @param length in bytes, of a file
   */
  record Entry(String name, boolean isDirectory, long length) {}

  /** An open file. */
  interface OpenFile extends AutoCloseable {
    /** Writes some of {@code data} at {@code offset}, and says how many bytes. */
    int write(ByteBuffer data, long offset) throws IOException;

    /**
     * Makes the content durable. When it fails, nothing is known about what was written since it
     * last succeeded, and doing it again cannot help: the system may have dropped the data.
     *
     * @param metadata also what is not needed to read the content back
     */
    void force(boolean metadata) throws IOException;

    /** Reads some bytes from {@code offset}, and says how many; -1 at the end. */
    int read(ByteBuffer target, long offset) throws IOException;

    long length() throws IOException;

    /** Whether the name that it was created with still leads to it. */
    Presence inPlace();

    @Override
    void close() throws IOException;
  }
}
