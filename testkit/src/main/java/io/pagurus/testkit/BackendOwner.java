package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.Entry;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives a backend as the engine does: acquires once, then numbers its commits one after the other.
 * One thread at a time, as for {@link StateBackend#commit}.
 */
public final class BackendOwner {
  private final StateBackend backend;
  private final StoreHead acquired;
  private long version;

  private BackendOwner(StateBackend backend) {
    this.backend = backend;
    this.acquired = backend.acquire();
    this.version = acquired.version();
  }

  /** Makes {@code backend} the owner under the policy it was opened with. */
  public static BackendOwner acquire(StateBackend backend) {
    return new BackendOwner(backend);
  }

  /** The backend it drives. */
  public StateBackend backend() {
    return backend;
  }

  /** What {@link StateBackend#acquire} returned. */
  public StoreHead acquired() {
    return acquired;
  }

  /** The epoch it owns. */
  public long epoch() {
    return acquired.epoch();
  }

  /** The number of its last commit. */
  public long version() {
    return version;
  }

  /** The next commit, not sent yet. */
  public Commit draft(Consumer<CommitDraft> content) {
    CommitDraft draft = new CommitDraft(epoch(), version + 1);
    content.accept(draft);
    return draft.build();
  }

  /** Sends {@code commit}; its number counts when it is committed. */
  public CommitResult send(Commit commit) {
    CommitResult result = backend.commit(commit);
    if (result instanceof CommitResult.Committed) {
      version = Math.max(version, commit.version());
    }
    return result;
  }

  /** Sends the next commit and demands that it is committed. */
  public Commit commit(Consumer<CommitDraft> content) {
    Commit commit = draft(content);
    assertThat(send(commit)).isEqualTo(new CommitResult.Committed());
    return commit;
  }

  /** The value of {@code key} as text, both in UTF-8, or null. */
  public @Nullable String get(int space, String key) {
    byte[] value = backend.get(space, Bytes.utf8(key));
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  /** Demands that a head counts so many entries, or says that they were not counted. */
  static void assertEntries(StoreHead head, long expected) {
    assertThat(head.entries()).isIn(expected, -1L);
  }

  /** All entries of {@code space}, read page by page, readable: {@code 6b6579=76616c7565}. */
  public List<String> dump(int space) {
    return dump(backend, space);
  }

  static List<String> dump(StateBackend backend, int space) {
    List<String> entries = new ArrayList<>();
    byte[] after = null;
    int limit = 50;
    while (true) {
      var page = backend.scan(space, new byte[0], after, limit);
      for (Entry entry : page) {
        if (after != null && Arrays.compareUnsigned(entry.key(), after) <= 0) {
          throw new AssertionError(
              "scan gave " + Bytes.show(entry.key()) + " behind " + Bytes.show(after));
        }
      }
      page.forEach(e -> entries.add(Bytes.show(e.key()) + "=" + Bytes.show(e.value())));
      if (page.size() < limit) {
        return entries;
      }
      after = page.get(page.size() - 1).key();
    }
  }
}
