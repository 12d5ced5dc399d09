package io.pagurus.internal.memory;

import io.pagurus.Checkpoint;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one store and what its checkpoints need of the past.
 *
 * <h2>Checkpoints</h2>
 *
 * <p>A checkpoint copies nothing when it is made. A row that is replaced or removed is kept in the
 * history if the newest checkpoint still shows it ({@code row.version <= newest checkpoint}). The
 * state at checkpoint {@code c} is the rows with {@code version <= c}, and those of the history
 * with {@code version <= c < replacedAt}.
 *
 * <p>Not thread-safe; {@link MemoryStore} guards it.
 */
final class MemoryRows {
  /** What a key holds, and the commit that wrote it. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Row(byte[] value, long version) {}

  /** What a key held from the commit {@code row.version} until the commit {@code replacedAt}. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record OldRow(int space, byte[] key, Row row, long replacedAt) {
    boolean shownAt(long version) {
      return row.version <= version && version < replacedAt;
    }
  }

  private final Map<Integer, NavigableMap<byte[], Row>> spaces = new HashMap<>();
  private final List<OldRow> history = new ArrayList<>();
  private final List<Checkpoint> checkpoints = new ArrayList<>();

  // ---- reading --------------------------------------------------------------------------------

  long size() {
    return spaces.values().stream().mapToLong(Map::size).sum();
  }

  byte @Nullable [] get(int space, byte[] key) {
    Row row = rows(space).get(key);
    return row == null ? null : row.value;
  }

  List<Entry> getAll(int space, Collection<byte[]> keys) {
    List<Entry> found = new ArrayList<>();
    for (byte[] key : distinct(keys)) {
      byte[] value = get(space, key);
      if (value != null) {
        found.add(new Entry(key, value));
      }
    }
    return found;
  }

  List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    NavigableMap<byte[], Row> behind =
        after == null || Arrays.compareUnsigned(after, prefix) < 0
            ? rows(space).tailMap(prefix, true)
            : rows(space).tailMap(after, false);
    List<Entry> found = new ArrayList<>();
    for (Map.Entry<byte[], Row> entry : behind.entrySet()) {
      if (found.size() == limit || !startsWith(entry.getKey(), prefix)) {
        break;
      }
      found.add(new Entry(entry.getKey(), entry.getValue().value));
    }
    return found;
  }

  long count(int space, Collection<byte[]> except) {
    NavigableMap<byte[], Row> rows = rows(space);
    return rows.size() - distinct(except).stream().filter(rows::containsKey).count();
  }

  List<Checkpoint> checkpoints() {
    return List.copyOf(checkpoints);
  }

  boolean hasCheckpoint(String id) {
    return checkpoints.stream().anyMatch(checkpoint -> checkpoint.id().equals(id));
  }

  // ---- writing --------------------------------------------------------------------------------

  /** Applies a commit that was checked: from here on nothing may fail. */
  void apply(Commit commit) {
    long version = commit.version();
    for (Checkpoint checkpoint : commit.newCheckpoints()) {
      if (checkpoint.version() < version) {
        checkpoints.add(checkpoint); // before the restore, whose copies it needs
      }
    }
    String restoreTo = commit.restoreTo();
    if (restoreTo != null) {
      restore(restoreTo, version);
    }
    for (int space : commit.clears()) {
      clear(space, version);
    }
    for (Change change : commit.changes()) {
      set(change, version);
    }
    for (Checkpoint checkpoint : commit.newCheckpoints()) {
      if (checkpoint.version() == version) {
        checkpoints.add(checkpoint);
      }
    }
    if (checkpoints.removeIf(c -> commit.droppedCheckpoints().contains(c.id()))) {
      history.removeIf(old -> checkpoints.stream().noneMatch(c -> old.shownAt(c.version())));
    }
  }

  private void restore(String id, long version) {
    long target =
        checkpoints.stream()
            .filter(checkpoint -> checkpoint.id().equals(id))
            .mapToLong(Checkpoint::version)
            .findFirst()
            .orElseThrow();
    List<Change> content = contentAt(target);
    for (int space : Set.copyOf(spaces.keySet())) {
      clear(space, version);
    }
    content.forEach(change -> set(change, version));
  }

  private List<Change> contentAt(long version) {
    List<Change> content = new ArrayList<>();
    spaces.forEach(
        (space, rows) ->
            rows.forEach(
                (key, row) -> {
                  if (row.version <= version) {
                    content.add(new Change(space, key, row.value));
                  }
                }));
    for (OldRow old : history) {
      if (old.shownAt(version)) {
        content.add(new Change(old.space, old.key, old.row.value));
      }
    }
    return content;
  }

  private void clear(int space, long version) {
    NavigableMap<byte[], Row> rows = spaces.remove(space);
    if (rows != null) {
      rows.forEach((key, row) -> keep(space, key, row, version));
    }
  }

  private void set(Change change, long version) {
    NavigableMap<byte[], Row> rows =
        spaces.computeIfAbsent(change.space(), s -> new TreeMap<>(Arrays::compareUnsigned));
    byte[] value = change.value();
    Row before =
        value == null ? rows.remove(change.key()) : rows.put(change.key(), new Row(value, version));
    if (before != null) {
      keep(change.space(), change.key(), before, version);
    }
  }

  private void keep(int space, byte[] key, Row row, long replacedAt) {
    if (checkpoints.stream().anyMatch(checkpoint -> row.version <= checkpoint.version())) {
      history.add(new OldRow(space, key, row, replacedAt));
    }
  }

  // ---- helpers --------------------------------------------------------------------------------

  private NavigableMap<byte[], Row> rows(int space) {
    NavigableMap<byte[], Row> rows = spaces.get(space);
    return rows == null ? new TreeMap<>(Arrays::compareUnsigned) : rows;
  }

  private static Collection<byte[]> distinct(Collection<byte[]> keys) {
    Set<byte[]> distinct = new TreeSet<>(Arrays::compareUnsigned);
    distinct.addAll(keys);
    return distinct;
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }
}
