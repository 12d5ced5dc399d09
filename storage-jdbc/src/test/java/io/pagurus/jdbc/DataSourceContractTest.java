package io.pagurus.jdbc;

import io.pagurus.spi.BackendProvider;
import io.pagurus.testkit.StateBackendContract;

/** Several backends on one {@code DataSource} of a database in memory. */
class DataSourceContractTest extends StateBackendContract {
  @Override
  protected BackendProvider storage() {
    return JdbcStorage.of(Stores.dataSource(Stores.memoryUrl()));
  }
}
