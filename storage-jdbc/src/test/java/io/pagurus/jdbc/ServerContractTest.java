package io.pagurus.jdbc;

import io.pagurus.spi.BackendProvider;
import io.pagurus.testkit.StateBackendContract;
import java.sql.SQLException;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** H2's TCP server. */
class ServerContractTest extends StateBackendContract {
  private static Server server = new Server();
  private static int places;

  @BeforeAll
  static void start() throws SQLException {
    server = H2Servers.start();
  }

  @AfterAll
  static void stop() {
    server.stop();
  }

  @Override
  protected BackendProvider storage() {
    places++;
    return new JdbcBackendProvider();
  }

  @Override
  protected String url() {
    return H2Servers.memoryUrl(server.getPort(), "contract" + places);
  }
}
