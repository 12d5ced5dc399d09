package io.pagurus.jdbc;

import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.util.Set;
import javax.sql.DataSource;

/** Opens stores in the database of a {@link DataSource} that belongs to the user. */
final class DataSourceProvider implements BackendProvider {
  private final DataSource dataSource;

  DataSourceProvider(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  public Set<String> schemes() {
    return Set.of();
  }

  @Override
  public StateBackend open(BackendRequest request) {
    Deadline deadline = Deadline.in(request.maxOwnershipWait());
    Database database =
        new Database(
            new BorrowedConnections(dataSource), "a DataSource", Durability.POWER, false, null);
    return BackendOpener.open(database, request, deadline);
  }

  @Override
  public String toString() {
    return "JdbcStorage.of(DataSource)";
  }
}
