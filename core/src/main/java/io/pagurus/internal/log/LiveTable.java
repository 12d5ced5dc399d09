package io.pagurus.internal.log;

import io.pagurus.spi.Change;
import io.pagurus.spi.Entry;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the current entries are served from. It receives entries only after their commit, and it
 * can always be built again from the log.
 *
 * <p>Loading: {@link #load} and {@link #unload} are called by several threads, each key by one
 * thread at a time, before anybody reads more than one key. {@link #load} may run beside {@link
 * #get}, {@link #getAll} and {@link #contains} of other keys, never beside an {@link #apply}.
 * Serving: {@link #apply} by one thread; reads by any number, each as of one instant: a read that
 * overlaps an {@code apply} shows the state before or behind it. A single {@link #get} takes no
 * lock.
 *
 * <p>Arrays that go in and out are shared and changed by nobody.
 */
public interface LiveTable extends AutoCloseable {
  /** Sets an entry while the table is built, replacing what is there. */
  void load(int space, byte[] key, byte[] value);

  /** As {@link #load}, with the entry at which {@code entry} is, which must have a value. */
  default void load(Blocks.Cursor entry) {
    byte[] value = entry.value();
    if (value != null) {
      load(entry.space(), entry.key(), value);
    }
  }

  /** As above, unless there is an entry of that key. */
  default void loadIfAbsent(Blocks.Cursor entry) {
    if (!contains(entry.space(), entry.key())) {
      load(entry);
    }
  }

  /** Removes an entry while the table is built. */
  void unload(int space, byte[] key);

  /** Removes a whole space while the table is built; nothing else runs. */
  void unload(int space);

  /** Applies a commit: {@code clears}, then {@code changes}. It cannot fail halfway. */
  void apply(List<Integer> clears, List<Change> changes);

  byte @Nullable [] get(int space, byte[] key);

  /** As {@link io.pagurus.spi.StateBackend#getAll}. */
  List<Entry> getAll(int space, Collection<byte[]> keys);

  /** As {@link io.pagurus.spi.StateBackend#scan}. */
  List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit);

  /** As {@link io.pagurus.spi.StateBackend#count}. */
  long count(int space, Collection<byte[]> except);

  /** All entries of all spaces. Not while it is not {@link #isWhole}. */
  long entries();

  /** Bytes of all keys and values; -1 when that is not known. */
  default long bytes() {
    return -1;
  }

  /** False while entries are missing that are fetched when they are read. */
  default boolean isWhole() {
    return true;
  }

  /**
   * What a table that is not whole found damaged, for the one who must not build on it; or null.
   */
  default @Nullable RuntimeException damage() {
    return null;
  }

  /** Some entry of a space, or null when it has none. */
  default @Nullable Entry any(int space) {
    List<Entry> first = scan(space, new byte[0], null, 1);
    return first.isEmpty() ? null : first.get(0);
  }

  /** Whether there is such an entry. */
  default boolean contains(int space, byte[] key) {
    return get(space, key) != null;
  }

  /**
   * Ends it; a read that comes too late throws {@link IllegalStateException}, or still shows the
   * last state.
   *
   * @param cleanAt the commit whose state it holds exactly, or null when unknown
   */
  void close(@Nullable Mark cleanAt);

  @Override
  default void close() {
    close(null);
  }

  /**
   * Which state a table holds.
   *
   * @param storeId the store
   * @param version the commit
   * @param commitId its id
   */
  record Mark(UUID storeId, long version, UUID commitId) {}
}
