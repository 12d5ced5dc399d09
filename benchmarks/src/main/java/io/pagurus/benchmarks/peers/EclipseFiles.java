package io.pagurus.benchmarks.peers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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

  void force() throws IOException {
    while (true) {
      if (data == null) {
        data = FileChannel.open(file(head), StandardOpenOption.WRITE);
      }
      data.force(false);
      if (!Files.exists(file(head + 1))) {
        break;
      }
      data.close();
      data = null;
      head++;
    }
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
