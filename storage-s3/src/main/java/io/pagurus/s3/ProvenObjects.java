package io.pagurus.s3;

import io.pagurus.StorageUsage;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectNotFoundException;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.PutResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a server that does not honour "create if absent": on such a one two owners could both get
 * a commit confirmed. Thread-safe.
 *
 * <p>The proof is that something is created which is there, and this must fail. It costs one or two
 * requests for each opening and leaves nothing behind:
 *
 * <ul>
 *   <li>In a store that exists, FORMAT is created once more, with the bytes it has. A server that
 *       overwrites it leaves it as it was.
 *   <li>In a new store, the first object that is created, the seal of epoch 0, is sent once more.
 *       Where the server takes it again, it is deleted; otherwise nobody ever deletes it.
 * </ul>
 *
 * <p>This finds servers that ignore the condition. It cannot find one that honours it only when
 * nobody races.
 */
final class ProvenObjects implements ObjectStore {
  /** As the engine names it, see {@link ObjectStore}. */
  private static final String FORMAT = "FORMAT";

  private static final int FORMAT_BYTES = 64 << 10;
  private static final int TRIES = 4;
  private static final long FIRST_PAUSE_NANOS = 50_000_000;

  private final ObjectStore objects;
  private final String source;
  private volatile boolean proven;

  ProvenObjects(ObjectStore objects, String source) {
    this.objects = objects;
    this.source = source;
  }

  /**
   * Proves it before anybody is disturbed, if there is a store; else with the first object.
   *
   * @throws IllegalArgumentException when the server ignores the condition
   * @throws StoreUnavailableException when it does not answer, or forbids it
   */
  void proveWhereItExists() {
    byte[] format;
    try {
      format = objects.get(FORMAT, 0, FORMAT_BYTES);
    } catch (ObjectNotFoundException e) {
      return;
    }
    for (int tries = 0; tries < TRIES; tries++) {
      if (!sendAgain(FORMAT, ByteBuffer.wrap(format))) {
        proven = true;
        return;
      }
      // Whoever is just making this store may have taken it away, to bring it back.
    }
    throw refused();
  }

  @Override
  public PutResult putIfAbsent(String key, ByteBuffer... data) {
    PutResult result = objects.putIfAbsent(key, data);
    if (!proven && result instanceof PutResult.Created) {
      if (sendAgain(key, data)) {
        objects.delete(key);
        throw refused();
      }
      proven = true;
    }
    if (result instanceof PutResult.Exists) {
      proven = true;
    }
    return result;
  }

  /** Whether it was created. */
  private boolean sendAgain(String key, ByteBuffer... data) {
    PutResult result = objects.putIfAbsent(key, data);
    for (int tries = 1; tries < TRIES && result instanceof PutResult.Unknown; tries++) {
      LockSupport.parkNanos(FIRST_PAUSE_NANOS << tries);
      result = objects.putIfAbsent(key, data);
    }
    if (result instanceof PutResult.Unknown unknown) {
      throw unanswered(unknown.cause());
    }
    if (result instanceof PutResult.NotCreated not) {
      throw unanswered(not.cause());
    }
    return result instanceof PutResult.Created;
  }

  private StoreUnavailableException unanswered(Throwable cause) {
    return new StoreUnavailableException(
        "It cannot be found out whether the server of "
            + source
            + " honours If-None-Match, without which no store is safe there: "
            + cause.getMessage()
            + " Nobody was disturbed; try again.",
        cause);
  }

  private IllegalArgumentException refused() {
    return new IllegalArgumentException(
        "The server of "
            + source
            + " ignores If-None-Match: it created an object that was there. On it nothing keeps a"
            + " former owner from overwriting the commits of its successor, so no store is opened"
            + " there. Use a server that honours it (AWS, Ceph RGW, MinIO; see docs/s3.md), or a"
            + " newer version of this one.");
  }

  @Override
  public byte[] get(String key, long offset, int length) {
    return objects.get(key, offset, length);
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int max) {
    return objects.list(prefix, startAfter, max);
  }

  @Override
  public void delete(String key) {
    objects.delete(key);
  }

  @Override
  public @Nullable StorageUsage usage() {
    return objects.usage();
  }

  @Override
  public void close() {
    objects.close();
  }
}
