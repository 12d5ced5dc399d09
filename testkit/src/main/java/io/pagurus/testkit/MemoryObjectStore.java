package io.pagurus.testkit;

import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectNotFoundException;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.PutResult;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A strict object store in memory: it does what {@link ObjectStore} promises and nothing more, and
 * refuses keys that another storage could not have. {@link #connect} opens one more connection to
 * the same objects, as another process would. Thread-safe.
 */
public final class MemoryObjectStore implements ObjectStore {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._/-]{1,200}");
  private static final Pattern BAD_PART = Pattern.compile("(^|.*/)\\.{0,2}(/.*|$)");

  private final NavigableMap<String, byte[]> objects;
  private volatile boolean closed;

  /** A store without objects. */
  public MemoryObjectStore() {
    this(new ConcurrentSkipListMap<>());
  }

  private MemoryObjectStore(NavigableMap<String, byte[]> objects) {
    this.objects = objects;
  }

  /** Another connection; each is closed on its own. */
  public MemoryObjectStore connect() {
    return new MemoryObjectStore(objects);
  }

  @Override
  public PutResult putIfAbsent(String key, ByteBuffer... data) {
    check(key);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuffer buffer : data) {
      byte[] part = new byte[buffer.remaining()];
      buffer.duplicate().get(part);
      bytes.writeBytes(part);
    }
    return objects.putIfAbsent(key, bytes.toByteArray()) == null
        ? new PutResult.Created()
        : new PutResult.Exists();
  }

  @Override
  public byte[] get(String key, long offset, int length) {
    check(key);
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(length + " bytes from " + offset);
    }
    byte[] bytes = objects.get(key);
    if (bytes == null) {
      throw new ObjectNotFoundException(key);
    }
    int from = (int) Math.min(offset, bytes.length);
    return Arrays.copyOfRange(bytes, from, from + Math.min(length, bytes.length - from));
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int max) {
    checkOpen();
    if (max < 1) {
      throw new IllegalArgumentException("at most " + max);
    }
    boolean after = startAfter != null && startAfter.compareTo(prefix) >= 0;
    List<ObjectInfo> found = new ArrayList<>();
    for (Map.Entry<String, byte[]> object :
        (after ? objects.tailMap(startAfter, false) : objects.tailMap(prefix, true)).entrySet()) {
      if (!object.getKey().startsWith(prefix) || found.size() == max) {
        break;
      }
      found.add(new ObjectInfo(object.getKey(), object.getValue().length));
    }
    return found;
  }

  @Override
  public void delete(String key) {
    check(key);
    objects.remove(key);
  }

  @Override
  public void close() {
    closed = true;
  }

  private void check(String key) {
    checkOpen();
    if (!KEY.matcher(key).matches() || BAD_PART.matcher(key).matches()) {
      throw new IllegalArgumentException("Not the key of an object: " + key);
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("This connection is closed");
    }
  }
}
