package io.pagurus.jdbc;

import org.jdbi.v3.core.Handle;

/** How many entries a store has: the sum over its spaces, which are few. */
final class EntryCount {
  private EntryCount() {}

  static long of(Handle handle, int store) {
    return handle
        .createQuery("SELECT COALESCE(SUM(entries), 0) FROM pagurus_space WHERE store = ?")
        .bind(0, store)
        .mapTo(Long.class)
        .one();
  }
}
