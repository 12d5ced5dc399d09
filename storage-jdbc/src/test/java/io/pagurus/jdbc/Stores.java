package io.pagurus.jdbc;

import io.pagurus.Checkpoint;
import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StateBackend;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/** Makes requests, commits and databases for tests. */
final class Stores {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private Stores() {}

  static String memoryUrl() {
    return "jdbc:h2:mem:stores" + NAMES.incrementAndGet() + ";DB_CLOSE_DELAY=-1";
  }

  static DataSource dataSource(String url) {
    JdbcDataSource dataSource = new JdbcDataSource();
    dataSource.setURL(url);
    dataSource.setUser("sa");
    dataSource.setPassword("");
    return dataSource;
  }

  /** An owner that the operating system knows nothing about. */
  static OwnerId elsewhere() {
    return new OwnerId(
        UUID.randomUUID(),
        17,
        "elsewhere",
        "another pid space",
        Instant.parse("2026-01-01T00:00:00Z"),
        Instant.parse("2026-01-02T00:00:00Z"));
  }

  static OwnerId thisProcess() {
    return new OwnerId(
        UUID.randomUUID(),
        ProcessHandle.current().pid(),
        "here",
        "this pid space",
        ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH),
        Instant.parse("2026-01-02T00:00:00Z"));
  }

  static BackendRequest request(@Nullable String url, OwnerId self, OwnershipPolicy policy) {
    return new BackendRequest(
        url,
        "orders",
        self,
        policy,
        Duration.ofSeconds(20),
        Duration.ofSeconds(10),
        DamagePolicy.FAIL,
        false,
        Clock.systemUTC());
  }

  static StateBackend open(String url, OwnershipPolicy policy) {
    return new JdbcBackendProvider().open(request(url, thisProcess(), policy));
  }

  static StateBackend open(DataSource dataSource, OwnershipPolicy policy) {
    return open(JdbcStorage.of(dataSource), elsewhere(), policy);
  }

  static StateBackend open(BackendProvider provider, OwnerId self, OwnershipPolicy policy) {
    return provider.open(request(null, self, policy));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Change put(int space, String key, String value) {
    return new Change(space, bytes(key), bytes(value));
  }

  static Change remove(int space, String key) {
    return new Change(space, bytes(key), null);
  }

  static Commit commit(long epoch, long version, Change... changes) {
    return commit(epoch, version, List.of(), List.of(changes));
  }

  static Commit commit(long epoch, long version, List<Integer> clears, List<Change> changes) {
    return new Commit(
        epoch,
        version,
        UUID.randomUUID(),
        Instant.now(),
        clears,
        changes,
        List.of(),
        List.of(),
        null,
        false);
  }

  static Commit checkpointing(
      long epoch, long version, List<Checkpoint> checkpoints, List<String> dropped) {
    return new Commit(
        epoch,
        version,
        UUID.randomUUID(),
        Instant.now(),
        List.of(),
        List.of(),
        checkpoints,
        dropped,
        null,
        false);
  }

  static Commit release(long epoch, long version) {
    return new Commit(
        epoch,
        version,
        UUID.randomUUID(),
        Instant.now(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        true);
  }

  static Checkpoint checkpoint(String id, long version) {
    return new Checkpoint(id, null, version, Instant.parse("2026-03-01T00:00:00.123456789Z"));
  }

  static void mustCommit(StateBackend backend, Commit commit) {
    CommitResult result = backend.commit(commit);
    if (!(result instanceof CommitResult.Committed)) {
      throw new AssertionError(result.toString());
    }
  }
}
