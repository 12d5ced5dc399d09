package io.pagurus.benchmarks.peers;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * What people do today: a ConcurrentHashMap, written to one file at shutdown, and read whole at the
 * start.
 */
final class WholeFilePeer<V> implements Peer<V> {
  static final String SETTINGS = "the whole map in one file, forced, then renamed into its place";

  /** How the file is written. */
  interface Format<V> {
    void write(Map<String, V> map, OutputStream out) throws IOException;

    Map<String, V> read(InputStream in) throws IOException;
  }

  private final ConcurrentHashMap<String, V> map = new ConcurrentHashMap<>();
  private final Format<V> format;
  private final Path file;

  private WholeFilePeer(Site<V> site, Format<V> format) throws IOException {
    this.format = format;
    this.file = site.directory().resolve("entries");
    if (Files.exists(file)) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
        map.putAll(format.read(in));
      }
    }
  }

  static <V> Peer<V> jackson(Site<V> site) throws IOException {
    return new WholeFilePeer<>(site, new Jackson<>(site.shape().type()));
  }

  static <V> Peer<V> kryo(Site<V> site) throws IOException {
    return new WholeFilePeer<>(site, new KryoFormat<>(site.shape().type()));
  }

  static <V> Peer<V> java(Site<V> site) throws IOException {
    return new WholeFilePeer<>(site, new JavaSerialization<>());
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
  public void checkpoint() throws IOException {
    Path half = file.resolveSibling("entries.half");
    try (FileOutputStream raw = new FileOutputStream(half.toFile());
        OutputStream out = new BufferedOutputStream(raw, 1 << 16)) {
      format.write(map, out);
      out.flush();
      raw.getFD().sync();
    }
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public long size() {
    return map.size();
  }

  @Override
  public void close() throws IOException {
    checkpoint();
  }

  private static final class Jackson<V> implements Format<V> {
    private final JsonMapper mapper = JsonMapper.shared();
    private final JavaType type;

    Jackson(Class<V> value) {
      type = mapper.getTypeFactory().constructMapType(Map.class, String.class, value);
    }

    @Override
    public void write(Map<String, V> map, OutputStream out) {
      mapper
          .writerFor(type)
          .without(StreamWriteFeature.AUTO_CLOSE_TARGET) // it is forced afterwards
          .writeValue(out, map);
    }

    @Override
    public Map<String, V> read(InputStream in) {
      return mapper.readValue(in, type);
    }
  }

  private static final class KryoFormat<V> implements Format<V> {
    private final Kryo kryo = new Kryo();
    private final Class<V> type;

    KryoFormat(Class<V> type) {
      this.type = type;
      kryo.setReferences(false);
      kryo.register(type);
      kryo.register(TreeMap.class);
    }

    @Override
    public void write(Map<String, V> map, OutputStream out) {
      Output to = new Output(out, 1 << 16);
      to.writeInt(map.size());
      map.forEach(
          (key, value) -> {
            to.writeString(key);
            kryo.writeObject(to, value);
          });
      to.flush();
    }

    @Override
    public Map<String, V> read(InputStream in) {
      Input from = new Input(in, 1 << 16);
      int entries = from.readInt();
      Map<String, V> map = new HashMap<>();
      for (int i = 0; i < entries; i++) {
        map.put(from.readString(), kryo.readObject(from, type));
      }
      return map;
    }
  }

  private static final class JavaSerialization<V> implements Format<V> {
    @Override
    public void write(Map<String, V> map, OutputStream out) throws IOException {
      ObjectOutputStream to = new ObjectOutputStream(out);
      to.writeObject(map);
      to.flush();
    }

    @Override
    @SuppressWarnings({"unchecked", "BanSerializableRead"}) // it reads what it wrote itself
    public Map<String, V> read(InputStream in) throws IOException {
      try {
        return (Map<String, V>) new ObjectInputStream(in).readObject();
      } catch (ClassNotFoundException e) {
        throw new IOException(e);
      }
    }
  }
}
