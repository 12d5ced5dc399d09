package io.pagurus.benchmarks.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/** MapDB's hash map with its write-ahead log; a commit is durable. */
final class MapDbPeer<V> implements Peer<V> {
  static final String SETTINGS =
      "HTreeMap with transactions; commit() for durable, shared by concurrent writers;"
          + " expireAfterUpdate in B";

  private final DB db;
  private final HTreeMap<String, V> map;
  private final GroupForce group;

  MapDbPeer(Site<V> site) {
    db =
        DBMaker.fileDB(site.directory().resolve("entries.mapdb").toFile())
            .transactionEnable()
            .make();
    DB.HashMapMaker<String, V> maker =
        db.hashMap("entries", Serializer.STRING, new ValueSerializer<>(site.shape()))
            .counterEnable();
    Duration timeToLive = site.shape().timeToLive();
    if (timeToLive != null) {
      maker.expireAfterUpdate(timeToLive.toMillis(), TimeUnit.MILLISECONDS);
    }
    map = maker.createOrOpen();
    group = new GroupForce(db::commit);
  }

  @Override
  public @Nullable V get(String key) {
    return map.get(key);
  }

  @Override
  public void put(String key, V value) {
    map.put(key, value);
  }

  @Override
  public void putDurable(String key, V value) throws Exception {
    map.put(key, value);
    group.await();
  }

  @Override
  public void checkpoint() throws Exception {
    group.await();
  }

  @Override
  public long size() {
    return map.sizeLong();
  }

  @Override
  public void close() throws Exception {
    checkpoint();
    db.close();
  }

  private record ValueSerializer<V>(Shape<V> shape) implements Serializer<V> {
    @Override
    public void serialize(DataOutput2 out, V value) throws IOException {
      byte[] bytes = shape.format().encode(value);
      out.packInt(bytes.length);
      out.write(bytes);
    }

    @Override
    public V deserialize(DataInput2 in, int available) throws IOException {
      byte[] bytes = new byte[in.unpackInt()];
      in.readFully(bytes);
      return shape.format().decode(bytes);
    }

    @Override
    public boolean equals(V first, V second) {
      return first.equals(second);
    }

    @Override
    public int hashCode(V value, int seed) {
      return value.hashCode();
    }
  }
}
