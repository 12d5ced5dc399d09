package io.pagurus.jdbc;

import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.BackendInfo.Survives;
import io.pagurus.spi.StoragePlace;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One database, and how it is reached. Thread-safe. */
final class Database implements AutoCloseable {
  /** Work on a connection. */
  interface Work<T> {
    T with(Handle handle) throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final int ADMIN_RIGHTS_REQUIRED = 90040;

  private final Connections connections;
  private final @Nullable BorrowedConnections borrowed;
  private final Jdbi jdbi;
  private final boolean exclusive;
  private final @Nullable OwnerFile ownerFile;
  private volatile String source;
  private final Durability durability;
  private volatile boolean inMemory;
  private volatile boolean remote;
  private volatile boolean mayWrite = true;

  /**
   * @param source what it is, for people
   * @param durability what is asked for
   * @param exclusive true when the operating system keeps every other process out
   * @param ownerFile tells people which process keeps them out, or null
   */
  Database(
      Connections connections,
      String source,
      Durability durability,
      boolean exclusive,
      @Nullable OwnerFile ownerFile) {
    this.connections = connections;
    this.borrowed = connections instanceof BorrowedConnections users ? users : null;
    this.source = source;
    this.durability = durability;
    this.exclusive = exclusive;
    this.ownerFile = ownerFile;
    this.jdbi = Jdbi.create(connections);
    // Jdbi would print the arguments: keys and values.
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    // Every path here ends its own transaction; Jdbi must not ask a broken connection about it.
    jdbi.getConfig(Handles.class).setForceEndTransactions(false);
  }

  String source() {
    return source;
  }

  boolean inMemory() {
    return inMemory;
  }

  /** What an acknowledged commit survives. */
  Survives survives() {
    if (inMemory || !mayWrite && !remote) {
      return Survives.NOTHING;
    }
    return mayWrite && durability == Durability.POWER ? Survives.POWER_CUT : Survives.PROCESS_DEATH;
  }

  /** Where it is: an embedded database is a file of this machine. */
  StoragePlace place() {
    Path file = inMemory || remote ? null : file();
    if (file == null) {
      return new StoragePlace(null, 0, borrowed != null);
    }
    Path pages = file.resolveSibling(file.getFileName() + ".mv.db");
    // Zero when there is none.
    return new StoragePlace(file.getParent(), pages.toFile().length(), borrowed != null);
  }

  private @Nullable Path file() {
    try {
      return JdbcUrl.parse(source).path();
    } catch (IllegalArgumentException e) {
      return null; // a form that only the user's own DataSource knows
    }
  }

  boolean exclusive() {
    return exclusive;
  }

  @Nullable OwnerFile ownerFile() {
    return ownerFile;
  }

  /**
   * Finds out what is on the other end: whether H2 keeps it in memory, and, unless it is for
   * reading only, whether this user may write it on demand.
   */
  void probe(Handle handle, boolean readOnly) throws SQLException {
    String url = handle.getConnection().getMetaData().getURL();
    int settings = url.indexOf(';');
    String place = settings < 0 ? url : url.substring(0, settings);
    inMemory = place.startsWith("jdbc:h2:mem:");
    remote = place.startsWith("jdbc:h2:tcp:") || place.startsWith("jdbc:h2:ssl:");
    if (borrowed != null) {
      source = place;
      if (remote && borrowed.maySilenceBeEndless()) {
        LOG.warn(
            "No NETWORK_TIMEOUT is to be seen in the URL of the DataSource of {}. Without one a call"
                + " never ends when that server falls silent. If it is not there, add"
                + " ;NETWORK_TIMEOUT=60000",
            place);
      }
    }
    if (readOnly) {
      return;
    }
    if (durability == Durability.PROCESS && !inMemory) {
      LOG.info(
          "Commits to {} survive the death of the process, but a power cut can cost the last moments"
              + " (durability=process)",
          source);
    }
    try {
      force(handle);
    } catch (SQLException e) {
      if (e.getErrorCode() != ADMIN_RIGHTS_REQUIRED) {
        throw e;
      }
      mayWrite = false;
      LOG.warn(
          "The user of {} has no ADMIN right, which H2 wants for CHECKPOINT: H2 writes a commit at a"
              + " time of its own (WRITE_DELAY, 500 ms unless set), and {} within it costs what was"
              + " confirmed. GRANT ADMIN, or accept it",
          source,
          remote ? "the death of that server" : "a kill of this process");
    }
  }

  /** A connection, to be closed by the caller, in auto-commit mode. */
  Handle borrow() throws SQLException {
    try {
      return jdbi.open();
    } catch (JdbiException e) {
      throw SqlFailure.unwrap(e);
    }
  }

  /** Work on a connection that has no result. */
  interface Action {
    void with(Handle handle) throws SQLException;
  }

  /** {@link #read} without a result. */
  void run(Action action) throws SQLException {
    read(
        handle -> {
          action.with(handle);
          return true;
        });
  }

  /**
   * Runs {@code work} outside of a transaction. On a connection that turns out to be dead, as those
   * from before a restart of the server, it is repeated once on a fresh one: only for reads.
   */
  <T> T read(Work<T> work) throws SQLException {
    try {
      return once(work);
    } catch (SQLException e) {
      if (SqlFailure.of(e) != SqlFailure.CONNECTION) {
        throw e;
      }
      connections.forgetIdle();
      return once(work);
    }
  }

  private <T> T once(Work<T> work) throws SQLException {
    try (Handle handle = borrow()) {
      try {
        return work.with(handle);
      } catch (SQLException | JdbiException e) {
        // Before the handle is closed: that would hand the connection to the next one.
        SQLException sql = SqlFailure.unwrap(e);
        if (SqlFailure.of(sql) == SqlFailure.CONNECTION) {
          discard(handle);
        }
        throw sql;
      }
    } catch (JdbiException e) {
      throw SqlFailure.unwrap(e); // from giving the connection back
    }
  }

  /** Ends whatever {@code handle} was doing; a connection that cannot be cleaned is thrown away. */
  void abandon(Handle handle) {
    Connection connection = handle.getConnection();
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      discard(handle);
    }
  }

  /** Throws a connection away whose state is unknown, and the idle ones that may be no better. */
  void discard(Handle handle) {
    connections.discard(handle.getConnection());
    connections.forgetIdle();
  }

  /**
   * Makes everything that was committed so far survive what was asked for. By itself H2 writes a
   * commit up to {@code WRITE_DELAY} later, on another thread, and even with a delay of 0 it forces
   * nothing: {@code CHECKPOINT} hands it to the operating system, {@code SYNC} forces it to disk.
   */
  void force(Handle handle) throws SQLException {
    if (inMemory || !mayWrite) {
      return;
    }
    try (Statement statement = handle.getConnection().createStatement()) {
      statement.execute(durability == Durability.POWER ? "CHECKPOINT SYNC" : "CHECKPOINT");
    }
  }

  StoreUnavailableException unavailable(String what, SQLException cause) {
    return new StoreUnavailableException(
        what + " (" + source + "): " + Messages.of(cause) + Messages.advice(cause), cause);
  }

  @Override
  public void close() {
    connections.close();
    if (ownerFile != null) {
      ownerFile.remove();
    }
  }
}
