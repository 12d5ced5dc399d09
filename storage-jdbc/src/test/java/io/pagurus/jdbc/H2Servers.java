package io.pagurus.jdbc;

import java.sql.SQLException;
import org.h2.tools.Server;

/** H2's TCP server in this JVM, on the loopback interface and a free port. */
final class H2Servers {
  private H2Servers() {}

  static Server start() throws SQLException {
    System.setProperty("h2.bindAddress", "127.0.0.1");
    return Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
  }

  static String memoryUrl(int port, String name) {
    return "jdbc:h2:tcp://127.0.0.1:" + port + "/mem:" + name + ";DB_CLOSE_DELAY=-1";
  }
}
