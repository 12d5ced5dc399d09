package io.pagurus.testkit;

import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.Entry;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a backend should hold, in the plainest form: sorted maps, copied whole for each checkpoint.
 * Not thread-safe.
 */
final class BackendModel {
  private Map<Integer, TreeMap<byte[], byte[]>> spaces = new HashMap<>();
  private final Map<String, Map<Integer, TreeMap<byte[], byte[]>>> checkpoints =
      new LinkedHashMap<>();

  TreeMap<byte[], byte[]> space(int space) {
    return spaces.computeIfAbsent(space, s -> new TreeMap<>(Arrays::compareUnsigned));
  }

  /** The ids of the checkpoints, oldest first. */
  List<String> checkpoints() {
    return List.copyOf(checkpoints.keySet());
  }

  long entries() {
    return spaces.values().stream().mapToLong(Map::size).sum();
  }

  void apply(Commit commit) {
    commit.newCheckpoints().stream()
        .filter(checkpoint -> checkpoint.version() < commit.version())
        .forEach(checkpoint -> checkpoints.put(checkpoint.id(), copy(spaces)));
    String restoreTo = commit.restoreTo();
    if (restoreTo != null) {
      Map<Integer, TreeMap<byte[], byte[]>> content = checkpoints.get(restoreTo);
      if (content == null) {
        throw new IllegalArgumentException("no checkpoint " + restoreTo);
      }
      spaces = copy(content);
    }
    commit.clears().forEach(spaces::remove);
    for (Change change : commit.changes()) {
      byte[] value = change.value();
      if (value == null) {
        space(change.space()).remove(change.key());
      } else {
        space(change.space()).put(change.key(), value);
      }
    }
    commit.newCheckpoints().stream()
        .filter(checkpoint -> checkpoint.version() == commit.version())
        .forEach(checkpoint -> checkpoints.put(checkpoint.id(), copy(spaces)));
    commit.droppedCheckpoints().forEach(checkpoints::remove);
  }

  List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    return space(space).entrySet().stream()
        .filter(entry -> Bytes.startsWith(entry.getKey(), prefix))
        .filter(entry -> after == null || Arrays.compareUnsigned(entry.getKey(), after) > 0)
        .limit(limit)
        .map(entry -> new Entry(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** As {@link BackendOwner#dump(int)}. */
  List<String> dump(int space) {
    return space(space).entrySet().stream()
        .map(entry -> Bytes.show(entry.getKey()) + "=" + Bytes.show(entry.getValue()))
        .toList();
  }

  private static Map<Integer, TreeMap<byte[], byte[]>> copy(
      Map<Integer, TreeMap<byte[], byte[]>> spaces) {
    Map<Integer, TreeMap<byte[], byte[]>> copy = new HashMap<>();
    spaces.forEach((space, entries) -> copy.put(space, new TreeMap<>(entries)));
    return copy;
  }
}
