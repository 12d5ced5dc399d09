package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Chronicle Map in a mapped file. It never forces; on Linux a force of the file writes what the
 * mapping has changed, too.
 */
final class ChroniclePeer<V> implements Peer<V> {
  static final String SETTINGS =
      "a persisted map of twice the entries; an own force of its file for durable, shared by"
          + " concurrent writers; recovered on opening unless it was closed";

  /** The flags that its documentation lists for Java 17. */
  static final List<String> FLAGS =
      List.of(
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
          "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
          "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED");

  private final Codec<V> format;
  private final ChronicleMap<String, byte[]> map;
  private final FileChannel channel;
  private final Path closed;
  private final GroupForce group;

  ChroniclePeer(Site<V> site) throws IOException {
    format = site.shape().format();
    Path file = site.directory().resolve("entries.chronicle");
    closed = site.directory().resolve("closed");
    ChronicleMapBuilder<String, byte[]> builder =
        ChronicleMapBuilder.of(String.class, byte[].class)
            .name("entries")
            .averageKey(site.shape().key(0))
            .averageValueSize(site.valueBytes())
            .entries(site.entries() * 2L)
            .skipCloseOnExitHook(true);
    boolean clean = !Files.exists(file) || Files.deleteIfExists(closed);
    map =
        clean
            ? builder.createPersistedTo(file.toFile())
            : builder.recoverPersistedTo(file.toFile(), false);
    channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    group = new GroupForce(() -> channel.force(true));
  }

  @Override
  public @Nullable V get(String key) {
    byte[] bytes = map.get(key);
    return bytes == null ? null : format.decode(bytes);
  }

  @Override
  public void put(String key, V value) {
    map.put(key, format.encode(value));
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
    return map.longSize();
  }

  @Override
  public void close() throws Exception {
    checkpoint();
    map.close();
    channel.close();
    Files.createFile(closed);
  }
}
