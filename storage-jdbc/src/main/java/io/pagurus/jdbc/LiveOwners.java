package io.pagurus.jdbc;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The owners that live in this JVM. An owner row that names this very process, but none of these,
 * was left by a store that is closed already: nobody needs to wait for it. Thread-safe.
 */
final class LiveOwners {
  private static final Set<UUID> IDS = ConcurrentHashMap.newKeySet();

  private LiveOwners() {}

  static void add(UUID id) {
    IDS.add(id);
  }

  static void remove(UUID id) {
    IDS.remove(id);
  }

  static boolean contains(UUID id) {
    return IDS.contains(id);
  }
}
