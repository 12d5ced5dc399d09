package io.pagurus.jdbc;

import io.pagurus.Checkpoint;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.Entry;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoragePlace;
import io.pagurus.spi.StoreHead;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One store in a database. Thread-safe as {@link StateBackend} asks for: one committer beside any
 * number of readers. Readers never wait for the committer: H2 shows them the state before it.
 */
final class JdbcBackend implements StateBackend {
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(20);

  /** How often an idle owner shows that it lives, as a part of the lease. */
  private static final int HEARTBEATS_PER_LEASE = 3;

  private final Database database;
  private final BackendRequest request;
  private final Deadline deadline;
  private final String storeName;
  private final BackendInfo info;
  // Set by acquire or by the first read, whichever is first; the row is never deleted.
  private volatile @Nullable EntryReader reader;
  private volatile @Nullable Committer committer;
  private volatile int store;

  JdbcBackend(Database database, BackendRequest request, Deadline deadline) {
    this.database = database;
    this.request = request;
    this.deadline = deadline;
    this.storeName = request.storeName();
    this.info =
        new BackendInfo(
            database.source(),
            Limits.MAX_KEY_BYTES,
            Limits.MAX_VALUE_BYTES,
            COMMIT_INTERVAL,
            database.survives(),
            false,
            database.exclusive() ? null : request.lease().dividedBy(HEARTBEATS_PER_LEASE));
  }

  @Override
  public BackendInfo info() {
    return info;
  }

  @Override
  public StoragePlace place() {
    return database.place();
  }

  @Override
  public StoreHead inspect() {
    return read(
        "read the newest commit",
        () ->
            database.read(
                handle -> {
                  StoreRow row = StoreRow.byName(handle, storeName);
                  return row == null
                      ? StoreHead.EMPTY
                      : row.head(row.epoch(), EntryCount.of(handle, row.id()));
                }));
  }

  @Override
  public StoreHead view() {
    return inspect();
  }

  @Override
  public StoreHead acquire() {
    return read(
        "become the owner",
        () -> {
          // Before the row can show it: others of this JVM must not take it for a dead one.
          LiveOwners.add(request.self().id());
          Ownership.Taken taken = new Ownership(database, request, deadline).take();
          use(taken.before().id());
          committer = new Committer(database, storeName, taken.before().id());
          return taken.head();
        });
  }

  private EntryReader use(int id) {
    EntryReader made = new EntryReader(storeName, id, database.source());
    store = id;
    reader = made;
    return made;
  }

  @Override
  public CommitResult commit(Commit commit) {
    Committer current = committer;
    if (current == null) {
      throw new IllegalStateException("acquire() comes before the first commit");
    }
    return current.commit(commit);
  }

  @Override
  public byte @Nullable [] get(int space, byte[] key) {
    Optional<byte[]> value =
        read(
            "read an entry",
            () -> {
              EntryReader entries = reader();
              return entries == null
                  ? Optional.empty()
                  : database.read(
                      handle ->
                          Optional.ofNullable(entries.get(handle.getConnection(), space, key)));
            });
    return value.orElse(null);
  }

  @Override
  public List<Entry> getAll(int space, Collection<byte[]> keys) {
    List<byte[]> list = List.copyOf(keys);
    return read(
        "read entries",
        () -> {
          EntryReader entries = reader();
          return entries == null || list.isEmpty()
              ? List.of()
              : snapshot(list.size(), connection -> entries.getAll(connection, space, list));
        });
  }

  @Override
  public List<Entry> scan(int space, byte[] prefix, byte @Nullable [] after, int limit) {
    return read(
        "scan",
        () -> {
          EntryReader entries = reader();
          return entries == null || limit <= 0
              ? List.of()
              : database.read(
                  handle -> entries.scan(handle.getConnection(), space, prefix, after, limit));
        });
  }

  @Override
  public long count(int space, Collection<byte[]> except) {
    return read(
        "count",
        () -> {
          EntryReader entries = reader();
          return entries == null
              ? 0L
              : snapshot(except.size(), connection -> entries.count(connection, space, except));
        });
  }

  @Override
  public List<Checkpoint> checkpoints() {
    return read(
        "list checkpoints",
        () ->
            reader() == null
                ? List.of()
                : database.read(handle -> new CheckpointBook(handle, store).list()));
  }

  @Override
  public @Nullable String currentOwnerUnless(long epoch) {
    Optional<StoreRow> row = read("look up the owner", this::row);
    if (row.isEmpty()) {
      return "nobody: the row of the store is gone";
    }
    String owner = row.get().describeOwner();
    return row.get().epoch() == epoch ? null : owner == null ? "nobody" : owner;
  }

  @Override
  public void close() {
    LiveOwners.remove(request.self().id());
    database.close();
  }

  /** Null as long as the store does not exist. */
  private @Nullable EntryReader reader() throws SQLException {
    EntryReader known = reader;
    if (known != null) {
      return known;
    }
    Optional<StoreRow> row = row();
    return row.isEmpty() ? null : use(row.get().id());
  }

  private Optional<StoreRow> row() throws SQLException {
    return database.read(handle -> Optional.ofNullable(StoreRow.byName(handle, storeName)));
  }

  private interface Read<T> {
    T run() throws SQLException;
  }

  private interface Snapshot<T> {
    T run(Connection connection) throws SQLException;
  }

  private <T> T read(String what, Read<T> work) {
    try {
      return work.run();
    } catch (SQLException e) {
      throw unavailable(what, e);
    }
  }

  private StoreUnavailableException unavailable(String what, SQLException e) {
    return database.unavailable("Store " + storeName + ": could not " + what, e);
  }

  /** One statement sees one instant by itself; several need a transaction that does. */
  private <T> T snapshot(int keys, Snapshot<T> work) throws SQLException {
    return database.read(
        handle -> {
          Connection connection = handle.getConnection();
          if (keys <= EntryReader.KEYS_PER_STATEMENT) {
            return work.run(connection);
          }
          connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
          connection.setAutoCommit(false);
          try {
            return work.run(connection);
          } finally {
            database.abandon(handle);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
          }
        });
  }
}
