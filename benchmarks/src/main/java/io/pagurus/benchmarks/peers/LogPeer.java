package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The physical limit: a ConcurrentHashMap and a file that the same bytes are appended to, forced
 * with {@code force(false)}. It never cleans up, and reopening reads the whole file.
 */
final class LogPeer<V> implements Peer<V> {
  static final String SETTINGS =
      "raw FileChannel append + force(false), shared by concurrent writers; never cleans up";
  private static final int KEY = 16;

  private final ConcurrentHashMap<String, V> map = new ConcurrentHashMap<>();
  private final Codec<V> format;
  private final FileChannel log;
  private final Object lock = new Object();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
  private final CRC32C crc = new CRC32C();
  private final GroupForce group = new GroupForce(this::force);

  LogPeer(Site<V> site) throws IOException {
    format = site.shape().format();
    Path file = site.directory().resolve("entries.log");
    if (Files.exists(file)) {
      replay(file);
    }
    log = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public @Nullable V get(String key) {
    return map.get(key);
  }

  @Override
  public void put(String key, V value) throws IOException {
    byte[] bytes = format.encode(value);
    synchronized (lock) {
      if (buffer.remaining() < 4 + 4 + KEY + bytes.length) {
        write();
      }
      crc.reset();
      crc.update(bytes);
      buffer.putInt(bytes.length).putInt((int) crc.getValue());
      buffer.put(key.getBytes(StandardCharsets.UTF_8)).put(bytes);
      map.put(key, value);
    }
  }

  @Override
  public void putDurable(String key, V value) throws Exception {
    put(key, value);
    group.await();
  }

  @Override
  public void checkpoint() throws Exception {
    group.await();
  }

  @Override
  public long size() {
    return map.size();
  }

  @Override
  public void close() throws Exception {
    checkpoint();
    log.close();
  }

  private void force() throws IOException {
    synchronized (lock) {
      write();
    }
    log.force(false);
  }

  private void write() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      log.write(buffer);
    }
    buffer.clear();
  }

  private void replay(Path file) throws IOException {
    byte[] key = new byte[KEY];
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
      while (true) {
        byte[] bytes = new byte[in.readInt()];
        int expected = in.readInt();
        in.readFully(key);
        in.readFully(bytes);
        crc.reset();
        crc.update(bytes);
        if ((int) crc.getValue() != expected) {
          throw new IOException("damaged: " + file);
        }
        map.put(new String(key, StandardCharsets.UTF_8), format.decode(bytes));
      }
    } catch (EOFException end) {
      // the end of the log, or a frame torn by the kill
    }
  }
}
