package io.pagurus.internal.log;

import org.jspecify.annotations.Nullable;

/** Makes live tables. Thread-safe. */
public interface LiveTables extends AutoCloseable {
  /** A table left behind by a clean end that provably holds the state of {@code mark}, or null. */
  @Nullable LiveTable reopen(LiveTable.Mark mark);

  /**
   * An empty table.
   *
   * @param entries how many entries are about to be loaded, roughly
   * @param bytes the length of their keys and values, roughly
   */
  LiveTable create(long entries, long bytes);

  /** Lets go of what the tables shared; they are closed before. */
  @Override
  default void close() {}

  /** Tables on the heap. */
  static LiveTables heap() {
    return HeapTables.INSTANCE;
  }
}
