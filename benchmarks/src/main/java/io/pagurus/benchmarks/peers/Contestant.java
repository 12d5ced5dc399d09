package io.pagurus.benchmarks.peers;

import static io.pagurus.benchmarks.peers.Ability.CHECKPOINT;
import static io.pagurus.benchmarks.peers.Ability.DURABLE_PUT;
import static io.pagurus.benchmarks.peers.Ability.KEEP;
import static io.pagurus.benchmarks.peers.Ability.TIME_TO_LIVE;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Who takes part: how each is called, opened and set up, and what it can do. */
public enum Contestant {
  PAGURUS("pagurus", "Pagurus", PagurusPeer::onFiles, "on files, default settings", stores()),
  PAGURUS_BY_HAND(
      "pagurus-codec",
      "Pagurus, peers' codec",
      PagurusPeer::byHand,
      "on files, default settings, values encoded by the code that the peers use",
      stores()),
  PAGURUS_OFF_HEAP(
      "pagurus-offheap",
      "Pagurus off-heap",
      PagurusPeer::offHeap,
      "on files, `live=offheap`, else default settings",
      stores(),
      ChroniclePeer.FLAGS),
  PAGURUS_ON_H2("pagurus-h2", "Pagurus on H2", PagurusPeer::onH2, "default settings", stores()),
  ROCKSDB("rocksdb", "RocksDB", RocksPeer::new, RocksPeer.SETTINGS, stores()),
  MVSTORE("mvstore", "MVStore", MvStorePeer::new, MvStorePeer.SETTINGS, stores()),
  H2("h2", "H2, bare Jdbi", H2Peer::new, H2Peer.SETTINGS, stores()),
  MAPDB(
      "mapdb",
      "MapDB",
      MapDbPeer::new,
      MapDbPeer.SETTINGS,
      Set.of(KEEP, CHECKPOINT, DURABLE_PUT, TIME_TO_LIVE)),
  CHRONICLE(
      "chronicle",
      "Chronicle Map",
      ChroniclePeer::new,
      ChroniclePeer.SETTINGS,
      stores(),
      ChroniclePeer.FLAGS),
  XODUS("xodus", "Xodus", XodusPeer::new, XodusPeer.SETTINGS, stores()),
  ECLIPSESTORE(
      "eclipsestore",
      "EclipseStore",
      EclipsePeer::new,
      EclipsePeer.SETTINGS,
      stores(),
      List.of("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED")),
  EHCACHE(
      "ehcache",
      "Ehcache disk",
      EhcachePeer::new,
      EhcachePeer.SETTINGS,
      Set.of(KEEP, TIME_TO_LIVE)),
  INFINISPAN(
      "infinispan",
      "Infinispan",
      InfinispanPeer::new,
      InfinispanPeer.SETTINGS,
      Set.of(KEEP, CHECKPOINT, DURABLE_PUT, TIME_TO_LIVE)),
  JACKSON_FILE(
      "file-jackson", "file, Jackson", WholeFilePeer::jackson, WholeFilePeer.SETTINGS, files()),
  KRYO_FILE("file-kryo", "file, Kryo", WholeFilePeer::kryo, WholeFilePeer.SETTINGS, files()),
  JAVA_FILE(
      "file-java",
      "file, Java serialization",
      WholeFilePeer::java,
      WholeFilePeer.SETTINGS,
      files()),
  LOG("log", "map + raw log (limit)", LogPeer::new, LogPeer.SETTINGS, stores()),
  CAFFEINE(
      "caffeine",
      "Caffeine (limit)",
      CaffeinePeer::new,
      CaffeinePeer.SETTINGS,
      Set.of(TIME_TO_LIVE)),
  MEMORY("map", "ConcurrentHashMap (limit)", MemoryPeer::new, "holds the objects", Set.of()),
  ENCODED_MEMORY(
      "map-encoded",
      "encode + map (limit)",
      EncodedMemoryPeer::new,
      "holds the encoded bytes",
      Set.of());

  /** Opens what is at a site, or makes it. */
  interface Opening {
    <V> Peer<V> open(Site<V> site) throws Exception;
  }

  /** How arguments name it. */
  public final String id;

  /** How tables name it. */
  public final String title;

  /** How it is set up, in words. */
  public final String settings;

  /** What its JVM needs beyond what all get. */
  public final List<String> jvmFlags;

  private final Opening opening;
  private final Set<Ability> abilities;

  Contestant(String id, String title, Opening opening, String settings, Set<Ability> abilities) {
    this(id, title, opening, settings, abilities, List.of());
  }

  Contestant(
      String id,
      String title,
      Opening opening,
      String settings,
      Set<Ability> abilities,
      List<String> jvmFlags) {
    this.id = id;
    this.title = title;
    this.opening = opening;
    this.settings = settings;
    this.abilities = abilities;
    this.jvmFlags = jvmFlags;
  }

  private static Set<Ability> stores() {
    return Set.of(KEEP, CHECKPOINT, DURABLE_PUT);
  }

  private static Set<Ability> files() {
    return Set.of(KEEP, CHECKPOINT);
  }

  /** Opens what is at {@code site}, or makes it. */
  public <V> Peer<V> open(Site<V> site) throws Exception {
    return opening.open(site);
  }

  /**
   * Says whether it takes part in a workload. Who differs from another in the encoding of records
   * only, does so where there are records.
   */
  public boolean takesPart(boolean records) {
    return records || this != PAGURUS_BY_HAND;
  }

  /** Says whether it is able to do that. */
  public boolean can(Ability ability) {
    return abilities.contains(ability);
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
