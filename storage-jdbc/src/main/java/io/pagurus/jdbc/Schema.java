package io.pagurus.jdbc;

import io.pagurus.IncompatibleStateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * The tables, and the number of their format. Creating them is idempotent and may be done by
 * several processes at once: every statement takes what is there already, and the row of {@code
 * pagurus_format} comes last.
 */
final class Schema {
  /** The format this program writes, and the newest it reads. */
  static final int FORMAT = 1;

  private static final int TRIES = 10;
  private static final int TABLE_NOT_FOUND = 42102;
  private static final int TABLE_NOT_FOUND_EMPTY = 42104;
  private static final int ALREADY_EXISTS_TABLE = 42101;
  private static final int ALREADY_EXISTS_INDEX = 42111;
  private static final int DUPLICATE_KEY = 23505;

  private final Database database;

  Schema(Database database) {
    this.database = database;
  }

  /** Creates what is missing and refuses what is newer. */
  void open() throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        if (database.<Boolean>read(this::present)) {
          return;
        }
        database.<Boolean>read(this::create);
      } catch (SQLException e) {
        if (attempt == TRIES || !isRace(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean isRace(SQLException e) {
    int code = e.getErrorCode();
    return code == ALREADY_EXISTS_TABLE
        || code == ALREADY_EXISTS_INDEX
        || code == DUPLICATE_KEY
        || SqlFailure.of(e) == SqlFailure.BUSY;
  }

  private boolean present(Handle handle) throws SQLException {
    Optional<Integer> format;
    try {
      format =
          handle
              .createQuery("SELECT version FROM pagurus_format WHERE id = 1")
              .mapTo(Integer.class)
              .findFirst();
    } catch (JdbiException e) {
      SQLException sql = SqlFailure.unwrap(e);
      if (sql.getErrorCode() == TABLE_NOT_FOUND || sql.getErrorCode() == TABLE_NOT_FOUND_EMPTY) {
        return false;
      }
      throw sql;
    }
    if (format.isPresent() && format.get() != FORMAT) {
      throw new IncompatibleStateException(
          "The tables pagurus_* in "
              + database.source()
              + " are of format "
              + format.get()
              + ", this program reads format "
              + FORMAT
              + ". "
              + (format.get() > FORMAT
                  ? "A newer version of Pagurus wrote them: run that version, or restore a backup"
                      + " from before the upgrade."
                  : "Upgrade them with a version of Pagurus that reads both.")
              + " Nothing was changed.");
    }
    return format.isPresent();
  }

  private boolean create(Handle handle) {
    for (String statement : statements("schema-" + FORMAT + ".sql")) {
      handle.execute(statement);
    }
    handle.execute("INSERT INTO pagurus_format (id, version) VALUES (1, ?)", FORMAT);
    return true;
  }

  /** The statements of a resource: separated by semicolons, comments are lines of their own. */
  static List<String> statements(String resource) {
    List<String> statements = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (String line : read(resource).split("\n")) {
      if (!line.startsWith("--")) {
        text.append(line).append('\n');
      }
    }
    for (String statement : text.toString().split(";")) {
      if (!statement.isBlank()) {
        statements.add(statement.strip());
      }
    }
    return statements;
  }

  private static String read(String resource) {
    try (InputStream in = Schema.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "The resource " + resource + " is missing beside " + Schema.class.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
