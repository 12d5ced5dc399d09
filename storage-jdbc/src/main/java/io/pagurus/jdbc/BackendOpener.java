package io.pagurus.jdbc;

import io.pagurus.CorruptStateException;
import io.pagurus.DamagePolicy;
import io.pagurus.IncompatibleStateException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateException;
import io.pagurus.StoreInUseException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Makes the first connection. For an embedded database this is also where a second process waits:
 * H2 keeps the file locked while its owner lives.
 */
final class BackendOpener {
  private static final long RETRY_MILLIS = 100;
  private static final int OLDEST_H2 = 2;

  private static final String READ_BESIDE =
      "So it cannot be read meanwhile, not even for reading only, and waiting would not help while"
          + " that process works. Stop that process, or let both reach the database through an H2"
          + " server (jdbc:h2:tcp://host/path): there a store can be read beside its owner.";
  private static final String HAND_OVER =
      "Stop that process, or wait longer; to hand over between running processes use an H2 server"
          + " (jdbc:h2:tcp:).";

  private final Database database;
  private final BackendRequest request;
  private final Deadline deadline;

  private BackendOpener(Database database, BackendRequest request, Deadline deadline) {
    this.database = database;
    this.request = request;
    this.deadline = deadline;
  }

  /** Opens, or closes {@code database} and throws. */
  static StateBackend open(Database database, BackendRequest request, Deadline deadline) {
    boolean opened = false;
    try {
      BackendOpener opener = new BackendOpener(database, request, deadline);
      opener.checkPolicy();
      opener.connect();
      Schema schema = new Schema(database);
      if (!request.readOnly()) {
        schema.open();
      } else if (!schema.isPresent()) {
        throw nothingToRead(database, request, null);
      }
      StateBackend backend = new JdbcBackend(database, request, deadline);
      opened = true;
      return backend;
    } catch (SQLException e) {
      throw failure(database, request, e);
    } finally {
      if (!opened) {
        database.close();
      }
    }
  }

  private void checkPolicy() {
    if (request.damagePolicy() != DamagePolicy.FAIL) {
      throw new IllegalArgumentException(
          "Store "
              + request.storeName()
              + ": a database takes DamagePolicy.FAIL only, not "
              + request.damagePolicy()
              + ": it keeps its file whole by itself, and Pagurus has no second copy to go back to."
              + " Leave onDamage (PAGURUS_ON_DAMAGE) out or set it to FAIL, and keep backups of the"
              + " database; restore(...) goes back to a checkpoint.");
    }
  }

  private void connect() throws SQLException {
    for (; ; ) {
      try {
        database.run(
            handle -> {
              checkProduct(handle);
              database.probe(handle, request.readOnly());
            });
        break;
      } catch (SQLException e) {
        if (SqlFailure.of(e) != SqlFailure.IN_USE) {
          throw e;
        }
        if (request.readOnly() || request.policy() == OwnershipPolicy.FAIL || deadline.passed()) {
          throw inUse(e);
        }
        deadline.pause(RETRY_MILLIS);
      }
    }
    OwnerFile ownerFile = database.ownerFile();
    if (ownerFile != null && !request.readOnly()) {
      ownerFile.write();
    }
  }

  private static void checkProduct(Handle handle) throws SQLException {
    DatabaseMetaData about = handle.getConnection().getMetaData();
    if (!about.getDatabaseProductName().equals("H2")
        || about.getDatabaseMajorVersion() < OLDEST_H2) {
      throw new IllegalArgumentException(
          "storage-jdbc keeps state in H2 of version 2 so far, not in "
              + about.getDatabaseProductName()
              + " "
              + about.getDatabaseProductVersion()
              + ".");
    }
  }

  private StoreInUseException inUse(SQLException cause) {
    OwnerFile ownerFile = database.ownerFile();
    String owner = ownerFile == null ? "another process" : ownerFile.read();
    return new StoreInUseException(
        "Store "
            + request.storeName()
            + ": the embedded database "
            + database.source()
            + " is open in "
            + owner
            + ", and H2 lets one process at a time have it. "
            + (request.readOnly() ? READ_BESIDE : waited() + HAND_OVER),
        cause);
  }

  private String waited() {
    return request.policy() == OwnershipPolicy.FAIL
        ? "The policy is FAIL, so nothing was waited for. "
        : "Waited " + request.maxOwnershipWait() + " (maxOwnershipWait). ";
  }

  private static StoreUnavailableException nothingToRead(
      Database database, BackendRequest request, @Nullable SQLException cause) {
    return new StoreUnavailableException(
        "There is no store '"
            + request.storeName()
            + "' in "
            + database.source()
            + (cause == null
                ? ": that database has no tables of Pagurus"
                : ": " + Messages.of(cause))
            + ". Opening for reading only creates nothing. Check the URL (PAGURUS_URL), or try again"
            + " when the owner of the store has opened it once.",
        cause);
  }

  private static StateException failure(Database database, BackendRequest request, SQLException e) {
    String where = "Cannot open " + database.source() + ": " + Messages.of(e);
    return switch (SqlFailure.of(e)) {
      case NO_DATABASE ->
          request.readOnly()
              ? nothingToRead(database, request, e)
              : database.unavailable("Cannot open", e);
      case DAMAGED ->
          new CorruptStateException(
              where
                  + " The database file is damaged as a whole; nothing was changed. Keep a copy of"
                  + " it, then restore a backup or try H2's Recover tool.",
              e);
      case FILE_VERSION ->
          new IncompatibleStateException(
              where
                  + " The file was written by another version of H2 than the one on the class path;"
                  + " nothing was changed. Use that version, or export and import with H2's SCRIPT.",
              e);
      default -> database.unavailable("Cannot open", e);
    };
  }
}
