package io.pagurus.jdbc;

import io.pagurus.spi.BackendProvider;
import java.util.Objects;
import javax.sql.DataSource;

/** State in a database the application already has connections to. Thread-safe. */
public final class JdbcStorage {
  private JdbcStorage() {}

  /**
   * Keeps state in the database behind {@code dataSource}, an H2 of version 2. Hand the result to
   * {@code StateStoreBuilder.backend}.
   *
   * <p>Connections are borrowed one at a time for each commit and for each read that runs at the
   * same moment, for a bounded time, and go back with the auto-commit mode, the isolation level,
   * the lock timeout and the network timeout they came with. The data source itself is never
   * closed. It should outlive the store: an H2 database that the application opened itself needs
   * {@code DB_CLOSE_ON_EXIT=FALSE}, or H2's own shutdown hook closes it before the last commit.
   *
   * @return a provider for any number of stores in that database; it does no I/O before it is used
   */
  public static BackendProvider of(DataSource dataSource) {
    return new DataSourceProvider(Objects.requireNonNull(dataSource, "dataSource"));
  }
}
