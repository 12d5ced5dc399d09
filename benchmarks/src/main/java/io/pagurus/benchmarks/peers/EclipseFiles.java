package io.pagurus.benchmarks.peers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Forces the files of an EclipseStore of one channel, which that version does not do itself: the
 * data files from the last one forced to the newest, then the file of transactions.
 */
final class EclipseFiles implements AutoCloseable {
  private final Path channel;
  private int head;
  private @Nullable FileChannel data;
  private @Nullable FileChannel transactions;

  EclipseFiles(Path directory) {
    channel = directory.resolve("channel_0");
    head = newest();
  }

  /**
   * Forces what was written since the last call.
   *
   * @param bulk whether that was so much that files may have been begun and dissolved again
   */
  void force(boolean bulk) throws IOException {
    int newest = bulk ? newest() : Files.exists(file(head + 1)) ? head + 1 : head;
    if (data != null) {
      data.force(false); // still the right one when the store has deleted its name
    }
    for (int number = data == null ? head : head + 1; number <= newest; number++) {
      FileChannel next = open(file(number));
      if (next != null) {
        if (data != null) {
          data.close();
        }
        data = next;
        data.force(false);
      }
    }
    head = newest;
    if (transactions == null) {
      transactions =
          FileChannel.open(channel.resolve("transactions_0.sft"), StandardOpenOption.WRITE);
    }
    transactions.force(false);
  }

  @Override
  public void close() throws IOException {
    if (data != null) {
      data.close();
    }
    if (transactions != null) {
      transactions.close();
    }
  }

  /** Null when the store has moved what was in the file and deleted it. */
  private static @Nullable FileChannel open(Path file) throws IOException {
    try {
      return FileChannel.open(file, StandardOpenOption.WRITE);
    } catch (NoSuchFileException dissolved) {
      return null;
    }
  }

  private int newest() {
    int newest = 0;
    String[] names = channel.toFile().list();
    for (String name : names == null ? new String[0] : names) {
      if (name.startsWith("channel_0_") && name.endsWith(".dat")) {
        int number = Integer.parseInt(name.substring("channel_0_".length(), name.length() - 4));
        newest = Math.max(newest, number);
      }
    }
    return newest;
  }

  private Path file(int number) {
    return channel.resolve("channel_0_" + number + ".dat");
  }
}
