package io.pagurus.benchmarks.peers;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Who takes part: how each is called, opened and set up. */
public enum Contestant {
  PAGURUS("pagurus", "Pagurus", true, "default settings, built-in codec") {
    @Override
    public Peer open(Path directory, String url) {
      return new PagurusPeer(url, false);
    }
  },
  PAGURUS_BY_HAND(
      "pagurus-codec", "Pagurus, peers' codec", true, "default settings, the codec of the peers") {
    @Override
    public Peer open(Path directory, String url) {
      return new PagurusPeer(url, true);
    }
  },
  ROCKSDB("rocksdb", "RocksDB", true, RocksPeer.SETTINGS) {
    @Override
    public Peer open(Path directory, String url) throws Exception {
      return new RocksPeer(directory);
    }
  },
  MVSTORE("mvstore", "MVStore", true, MvStorePeer.SETTINGS) {
    @Override
    public Peer open(Path directory, String url) {
      return new MvStorePeer(directory);
    }
  },
  ECLIPSESTORE("eclipsestore", "EclipseStore", true, EclipsePeer.SETTINGS) {
    @Override
    public Peer open(Path directory, String url) {
      return new EclipsePeer(directory);
    }

    @Override
    public List<String> jvmFlags() {
      return List.of("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
    }
  },
  LOG("log", "map + raw log (limit)", true, LogPeer.SETTINGS) {
    @Override
    public Peer open(Path directory, String url) throws Exception {
      return new LogPeer(directory);
    }
  },
  MEMORY("map", "ConcurrentHashMap (limit)", false, "holds the objects") {
    @Override
    public Peer open(Path directory, String url) {
      return new MemoryPeer();
    }
  },
  ENCODED_MEMORY(
      "map-encoded", "encode + ConcurrentHashMap (limit)", false, "holds the encoded bytes") {
    @Override
    public Peer open(Path directory, String url) {
      return new EncodedMemoryPeer();
    }
  };

  /** How arguments name it. */
  public final String id;

  /** How tables name it. */
  public final String title;

  /** Whether it keeps anything beyond the process. */
  public final boolean keeps;

  /** How it is set up, in words. */
  public final String settings;

  Contestant(String id, String title, boolean keeps, String settings) {
    this.id = id;
    this.title = title;
    this.keeps = keeps;
    this.settings = settings;
  }

  /**
   * Opens what is in {@code directory}, or makes it.
   *
   * @param url where Pagurus keeps it; others do not look at it
   */
  public abstract Peer open(Path directory, String url) throws Exception;

  /** What its JVM needs beyond what all get. */
  public List<String> jvmFlags() {
    return List.of();
  }

  /** The one that arguments name {@code id}. */
  public static Contestant of(String id) {
    return Arrays.stream(values())
        .filter(one -> one.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "No peer is called "
                        + id
                        + "; there are "
                        + Arrays.stream(values())
                            .map(one -> one.id)
                            .collect(Collectors.joining(", "))));
  }
}
