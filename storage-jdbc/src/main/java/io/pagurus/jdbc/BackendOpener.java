package io.pagurus.jdbc;

import io.pagurus.CorruptStateException;
import io.pagurus.IncompatibleStateException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateException;
import io.pagurus.StoreInUseException;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/**
 * Makes the first connection. For an embedded database this is also where a second process waits:
 * H2 keeps the file locked while its owner lives.
 */
final class BackendOpener {
  private static final long RETRY_MILLIS = 100;
  private static final int OLDEST_H2 = 2;

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
      opener.connect();
      new Schema(database).open();
      StateBackend backend = new JdbcBackend(database, request, deadline);
      opened = true;
      return backend;
    } catch (SQLException e) {
      throw failure(database, e);
    } finally {
      if (!opened) {
        database.close();
      }
    }
  }

  private void connect() throws SQLException {
    for (; ; ) {
      try {
        database.run(
            handle -> {
              checkProduct(handle);
              database.probe(handle);
            });
        break;
      } catch (SQLException e) {
        if (SqlFailure.of(e) != SqlFailure.IN_USE) {
          throw e;
        }
        if (request.policy() == OwnershipPolicy.FAIL || deadline.passed()) {
          throw inUse(e);
        }
        deadline.pause(RETRY_MILLIS);
      }
    }
    OwnerFile ownerFile = database.ownerFile();
    if (ownerFile != null) {
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
            + (request.policy() == OwnershipPolicy.FAIL
                ? "The policy is FAIL, so nothing was waited for. "
                : "Waited " + request.maxOwnershipWait() + " (maxOwnershipWait). ")
            + "Stop that process, or wait longer; to hand over between running processes use an H2"
            + " server (jdbc:h2:tcp:).",
        cause);
  }

  private static StateException failure(Database database, SQLException e) {
    String where = "Cannot open " + database.source() + ": " + Messages.of(e);
    return switch (SqlFailure.of(e)) {
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
