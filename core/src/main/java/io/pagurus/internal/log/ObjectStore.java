package io.pagurus.internal.log;

import io.pagurus.StorageUsage;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Named, write-once objects: all that the engine asks of a storage.
 *
 * <p>What must be atomic: {@link #putIfAbsent} has one winner, and an object is seen whole or not
 * at all. What must be durable: an object that was {@link PutResult.Created} survives what the
 * storage promises to survive, and {@link #list} shows it from then on. Nothing else is asked for:
 * no overwriting, no rename, no order among deletes.
 *
 * <p>Keys are relative to the root of one store: {@code FORMAT}, {@code s/3/0f...}. They have 1 to
 * 200 characters of {@code A-Z a-z 0-9 . _ - /} and no empty, {@code .} or {@code ..} part.
 *
 * <p>Thread-safe. Every call ends within a bound of its own. A storage that cannot be asked throws
 * {@link io.pagurus.StoreUnavailableException}, never anything that could be taken for "absent".
 */
public interface ObjectStore extends AutoCloseable {
  /** Creates an object, unless there is one of that name. The buffers are left as they were. */
  PutResult putIfAbsent(String key, ByteBuffer... data);

  /**
   * As {@link #putIfAbsent(String, ByteBuffer...)}, for what nobody waits for. A storage where a
   * long write holds up others writes piece by piece, and calls {@code between} behind each: it may
   * take its time, and what it throws ends the writing, with nothing created.
   */
  default PutResult putIfAbsent(String key, Runnable between, ByteBuffer... data) {
    return putIfAbsent(key, data);
  }

  /**
   * Up to {@code length} bytes from {@code offset}; fewer only where the object ends.
   *
   * @throws ObjectNotFoundException when there is no such object
   */
  byte[] get(String key, long offset, int length);

  /**
   * Up to {@code max} objects whose key begins with {@code prefix} and is greater than {@code
   * startAfter} (null: from the first), ascending by characters. Fewer than {@code max} means that
   * there are no more.
   */
  List<ObjectInfo> list(String prefix, @Nullable String startAfter, int max);

  /** Removes an object; one that is not there is no error. */
  void delete(String key);

  /** What was asked of the storage so far, or null where requests cost nothing. No I/O. */
  default @Nullable StorageUsage usage() {
    return null;
  }

  /** Lets go of connections and threads. */
  @Override
  void close();
}
