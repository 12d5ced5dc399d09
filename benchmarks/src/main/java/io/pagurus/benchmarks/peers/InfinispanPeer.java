package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.infinispan.Cache;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.manager.DefaultCacheManager;
import org.jspecify.annotations.Nullable;

/** An embedded Infinispan cache that writes through to a SoftIndexFileStore. */
final class InfinispanPeer<V> implements Peer<V> {
  static final String SETTINGS =
      "local cache of bytes, SoftIndexFileStore, syncWrites for durable puts (else not), an own"
          + " force of its files for a checkpoint; lifespan in B (with a store it takes no"
          + " maxIdle)";

  private final DefaultCacheManager manager;
  private final Cache<String, byte[]> cache;
  private final Codec<V> format;
  private final Path directory;
  private final boolean synced;

  InfinispanPeer(Site<V> site) {
    format = site.shape().format();
    directory = site.directory();
    synced = site.synced();
    GlobalConfigurationBuilder global = new GlobalConfigurationBuilder().nonClusteredDefault();
    global.globalState().enable().persistentLocation(directory.toString());
    global.jmx().disable();
    ConfigurationBuilder configuration = new ConfigurationBuilder();
    configuration
        .persistence()
        .addSoftIndexFileStore()
        .dataLocation(directory.resolve("data").toString())
        .indexLocation(directory.resolve("index").toString())
        .syncWrites(synced);
    configuration.encoding().mediaType(MediaType.APPLICATION_OBJECT_TYPE);
    Duration timeToLive = site.shape().timeToLive();
    if (timeToLive != null) {
      configuration.expiration().lifespan(timeToLive.toMillis(), TimeUnit.MILLISECONDS);
    }
    manager = new DefaultCacheManager(global.build());
    cache = manager.createCache("entries", configuration.build());
  }

  @Override
  public @Nullable V get(String key) {
    byte[] bytes = cache.get(key);
    return bytes == null ? null : format.decode(bytes);
  }

  @Override
  public void put(String key, V value) {
    cache.put(key, format.encode(value));
  }

  @Override
  public void putDurable(String key, V value) {
    if (!synced) {
      throw new IllegalStateException("not opened for durable puts");
    }
    put(key, value);
  }

  @Override
  public void checkpoint() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  @Override
  public long size() {
    return cache.size();
  }

  @Override
  public void close() throws IOException {
    manager.close();
  }
}
