package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Checkpoint;
import io.pagurus.OwnershipPolicy;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.Entry;
import io.pagurus.spi.StateBackend;
import io.pagurus.testkit.LeakExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Random histories of puts, removes, clears, checkpoints and restores against plain maps. */
@ExtendWith(LeakExtension.class)
class RestoreModelTest {
  private static final int HISTORIES = Integer.getInteger("pagurus.histories", 250);
  private static final int COMMITS = 8;
  private static final int SPACES = 2;

  @Test
  void randomHistories_equalTheModel() throws SQLException {
    long seed = Long.getLong("pagurus.seed", System.nanoTime());
    DataSource dataSource = Stores.dataSource(Stores.memoryUrl());
    try (StateBackend backend = Stores.open(dataSource, OwnershipPolicy.TAKE_OVER);
        Connection connection = dataSource.getConnection()) {
      History history = new History(backend, connection, backend.acquire().epoch());
      for (int i = 0; i < HISTORIES; i++) {
        try {
          history.run(new Random(seed + i));
        } catch (AssertionError e) {
          throw new AssertionError("-Dpagurus.seed=" + (seed + i) + ", history " + i, e);
        }
      }
    }
  }

  /** One store whose histories follow each other, each beginning with nothing. */
  private static final class History {
    private final StateBackend backend;
    private final Connection connection;
    private final long epoch;
    private final TreeMap<String, String> state = new TreeMap<>();
    private final Map<String, TreeMap<String, String>> retained = new LinkedHashMap<>();
    private final Map<String, Long> versions = new LinkedHashMap<>();
    private long version;
    private int names;

    History(StateBackend backend, Connection connection, long epoch) {
      this.backend = backend;
      this.connection = connection;
      this.epoch = epoch;
    }

    void run(Random random) throws SQLException {
      for (int i = 0; i < COMMITS; i++) {
        step(random);
      }
      check();
      List<String> all = List.copyOf(retained.keySet());
      commit(List.of(0, 1), List.of(), List.of(), all, null);
      retained.clear();
      versions.clear();
      state.clear();
      for (int i = 0; count("pagurus_purge") > 0; i++) {
        assertThat(i).isLessThan(100);
        commit(List.of(), List.of(), List.of(), List.of(), null);
      }
      assertThat(count("pagurus_history")).isZero();
      assertThat(count("pagurus_entry")).isZero();
    }

    private void step(Random random) throws SQLException {
      List<Checkpoint> made = new ArrayList<>();
      List<String> dropped = new ArrayList<>();
      for (String id : List.copyOf(retained.keySet())) {
        if (random.nextInt(8) == 0) {
          dropped.add(id);
        }
      }
      if (!retained.isEmpty() && random.nextInt(5) == 0) {
        List<String> ids = List.copyOf(retained.keySet());
        String target = ids.get(random.nextInt(ids.size()));
        TreeMap<String, String> before = new TreeMap<>(state);
        TreeMap<String, String> after = new TreeMap<>(retained.get(target));
        if (random.nextBoolean()) {
          made.add(note(before, version));
        }
        if (random.nextInt(4) == 0) {
          made.add(note(after, version + 1));
        }
        commit(List.of(), List.of(), made, dropped, target);
        state.clear();
        state.putAll(after);
      } else {
        List<Integer> clears = new ArrayList<>();
        for (int space = 0; space < SPACES; space++) {
          if (random.nextInt(8) == 0) {
            clears.add(space);
            String prefix = space + "/";
            state.keySet().removeIf(key -> key.startsWith(prefix));
          }
        }
        TreeMap<String, Change> changes = new TreeMap<>();
        for (int n = random.nextInt(4); n > 0; n--) {
          int space = random.nextInt(SPACES);
          String key = "k" + random.nextInt(4);
          String full = space + "/" + key;
          if (random.nextInt(3) == 0) {
            changes.put(full, Stores.remove(space, key));
            state.remove(full);
          } else {
            String value = "v" + random.nextInt(1000);
            changes.put(full, Stores.put(space, key, value));
            state.put(full, value);
          }
        }
        for (int n = random.nextInt(4) == 0 ? 2 : random.nextInt(2); n > 0; n--) {
          made.add(note(new TreeMap<>(state), version + 1));
        }
        commit(clears, List.copyOf(changes.values()), made, dropped, null);
      }
      for (String id : dropped) {
        retained.remove(id);
        versions.remove(id);
      }
      assertThat(backend.checkpoints().stream().map(Checkpoint::id))
          .containsExactlyElementsOf(byVersion());
      check();
    }

    private List<String> byVersion() {
      return versions.entrySet().stream()
          .sorted(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .toList();
    }

    private Checkpoint note(TreeMap<String, String> content, long at) {
      String id = "c" + names++;
      retained.put(id, content);
      versions.put(id, at);
      return Stores.checkpoint(id, at);
    }

    private void commit(
        List<Integer> clears,
        List<Change> changes,
        List<Checkpoint> made,
        List<String> dropped,
        @org.jspecify.annotations.Nullable String restoreTo) {
      version++;
      Stores.mustCommit(
          backend,
          new Commit(
              epoch,
              version,
              new UUID(version, 1),
              Instant.EPOCH,
              clears,
              changes,
              made,
              dropped,
              restoreTo,
              false));
    }

    private void check() {
      TreeMap<String, String> stored = new TreeMap<>();
      for (int space = 0; space < SPACES; space++) {
        List<Entry> entries = backend.scan(space, new byte[0], null, 100);
        for (Entry entry : entries) {
          stored.put(space + "/" + new String(entry.key()), new String(entry.value()));
        }
        assertThat(backend.count(space, List.of())).isEqualTo(entries.size());
      }
      assertThat(stored).isEqualTo(state);
    }

    private long count(String table) throws SQLException {
      try (var statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}
