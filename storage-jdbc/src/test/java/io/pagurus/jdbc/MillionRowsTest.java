package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.OwnershipPolicy;
import io.pagurus.spi.Change;
import io.pagurus.spi.Entry;
import io.pagurus.spi.StateBackend;
import io.pagurus.testkit.LeakExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store that is larger than a test usually is: loading, counting, paging, clearing. */
@ExtendWith(LeakExtension.class)
class MillionRowsTest {
  private static final int ROWS = 1_000_000;
  private static final int PER_COMMIT = 50_000;
  private static final int PAGE = 10_000;

  @TempDir Path directory;

  @Test
  @Tag("long")
  void millionRows_areLoadedCountedPagedAndCleared() {
    String url = "jdbc:h2:" + directory.resolve("db");
    long version = 0;
    long started = System.nanoTime();
    try (StateBackend backend = Stores.open(url, OwnershipPolicy.WAIT)) {
      long epoch = backend.acquire().epoch();
      for (int from = 0; from < ROWS; from += PER_COMMIT) {
        List<Change> changes = new ArrayList<>(PER_COMMIT);
        for (int i = from; i < from + PER_COMMIT; i++) {
          byte[] key = Stores.bytes("key-%08d".formatted(i * 7919L % 1_000_003));
          changes.add(new Change(1, key, new byte[200]));
        }
        Stores.mustCommit(backend, Stores.commit(epoch, ++version, List.of(), changes));
      }
      report("loaded", started);
      assertThat(backend.inspect().entries()).isEqualTo(ROWS);
    }
    started = System.nanoTime();
    try (StateBackend backend = Stores.open(url, OwnershipPolicy.WAIT)) {
      long epoch = backend.acquire().epoch();
      report("opened again", started);
      assertThat(backend.count(1, List.of())).isEqualTo(ROWS);
      started = System.nanoTime();
      long seen = 0;
      byte[] after = null;
      for (List<Entry> page; !(page = backend.scan(1, new byte[0], after, PAGE)).isEmpty(); ) {
        seen += page.size();
        after = page.get(page.size() - 1).key();
      }
      assertThat(seen).isEqualTo(ROWS);
      report("scanned", started);
      started = System.nanoTime();
      Stores.mustCommit(backend, Stores.commit(epoch, ++version, List.of(1), List.of()));
      assertThat(backend.count(1, List.of())).isZero();
      report("cleared", started);
    }
  }

  private static void report(String what, long started) {
    System.out.println(what + " after " + (System.nanoTime() - started) / 1_000_000 + " ms");
  }
}
