package io.pagurus.internal.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a running block has read or written of one table. Thread-safe: the block adds, single
 * writers ask. Nothing is taken out; it ends with its block.
 */
final class Touched {
  private final Set<Object> keys = ConcurrentHashMap.newKeySet();
  private volatile boolean all;

  boolean contains(Object key) {
    return all || keys.contains(key);
  }

  void add(Object key) {
    keys.add(key);
  }

  void addAll() {
    all = true;
  }

  boolean hasAll() {
    return all;
  }
}
