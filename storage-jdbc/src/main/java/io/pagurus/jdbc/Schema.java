package io.pagurus.jdbc;

import io.pagurus.IncompatibleStateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The tables, and the number of their format. Creating them is idempotent and may be done by
 * several processes at once: every statement takes what is there already, and the row of {@code
 * pagurus_format} comes last.
 */
final class Schema {
  /** The format this program writes, and the newest it reads. */
  static final int FORMAT = 1;

  private static final int TRIES = 20;
  private static final long RETRY_MILLIS = 50;

  private final Database database;

  Schema(Database database) {
    this.database = database;
  }

  /** Creates what is missing and refuses what is newer. */
  void open() throws SQLException {
    Deadline deadline = Deadline.in(Duration.ofMinutes(1));
    for (int attempt = 1; ; attempt++) {
      try {
        if (database.<Boolean>read(this::present)) {
          return;
        }
        database.<Boolean>read(this::create);
      } catch (SQLException e) {
        // H2 does not make CREATE ... IF NOT EXISTS atomic: a loser of the race gets one of several
        // errors, even a general one. Every statement can be repeated, so that is the answer.
        if (attempt == TRIES || SqlFailure.of(e) == SqlFailure.CONNECTION) {
          throw e;
        }
        deadline.pause(RETRY_MILLIS);
      }
    }
  }

  /** Whether there are tables; refuses those that are newer and creates none. */
  boolean isPresent() throws SQLException {
    return database.<Boolean>read(this::present);
  }

  private boolean present(Handle handle) {
    // Asked first, because H2 writes a failed statement to its trace file.
    int tables =
        handle
            .createQuery(
                "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES"
                    + " WHERE TABLE_SCHEMA = CURRENT_SCHEMA"
                    + " AND UPPER(TABLE_NAME) = 'PAGURUS_FORMAT'")
            .mapTo(Integer.class)
            .one();
    if (tables == 0) {
      return false;
    }
    Optional<Integer> format =
        handle
            .createQuery("SELECT version FROM pagurus_format WHERE id = 1")
            .mapTo(Integer.class)
            .findFirst();
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
