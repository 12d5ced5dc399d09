package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreInUseException;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import io.pagurus.testkit.LeakExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Between processes, and over the network. */
@ExtendWith(LeakExtension.class)
class HandOverTest {

  @TempDir Path directory;

  /** A process of its own that owns the database of its argument until its input ends. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      try (StateBackend backend = Stores.open(args[0], OwnershipPolicy.WAIT)) {
        StoreHead head = backend.acquire();
        Stores.mustCommit(
            backend, Stores.commit(head.epoch(), head.version() + 1, Stores.put(1, "a", "1")));
        System.out.println("ready");
        while (System.in.read() >= 0) {
          // until the parent closes it
        }
      }
    }
  }

  private static Process fork(String url) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                url)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).isEqualTo("ready");
    return process;
  }

  @Test
  void embedded_inAnotherProcess_isRefusedByName_andTakenAtOnceAfterItsDeath() throws Exception {
    String url = "jdbc:h2:" + directory.resolve("db");
    Process holder = fork(url);
    try {
      assertThatThrownBy(() -> Stores.open(url, OwnershipPolicy.FAIL))
          .isInstanceOf(StoreInUseException.class)
          .hasMessageContaining("pid " + holder.pid())
          .hasMessageContaining("on host here")
          .hasMessageContaining("since 2026-01-02");
    } finally {
      holder.destroyForcibly();
      assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    try (StateBackend backend = Stores.open(url, OwnershipPolicy.FAIL)) {
      StoreHead head = backend.acquire();
      assertThat(head.version()).isEqualTo(1);
      assertThat(head.released()).isFalse();
      assertThat(backend.get(1, Stores.bytes("a"))).isEqualTo(Stores.bytes("1"));
    }
  }

  @Test
  void takeOver_endsTheSessionOfAnOwnerFrozenInItsCommit() throws SQLException {
    Server server = H2Servers.start();
    try {
      String url = H2Servers.memoryUrl(server.getPort(), "frozen");
      try (StateBackend old = Stores.open(url, OwnershipPolicy.TAKE_OVER);
          StateBackend now = Stores.open(url, OwnershipPolicy.TAKE_OVER);
          Connection frozen = DriverManager.getConnection(url, "sa", "");
          Statement statement = frozen.createStatement()) {
        long epoch = old.acquire().epoch();
        Commit first = Stores.commit(epoch, 1, Stores.put(1, "a", "1"));
        Stores.mustCommit(old, first);
        // The fence of a commit that never goes on.
        frozen.setAutoCommit(false);
        statement.execute("UPDATE pagurus_store SET seq = 2");
        assertThat(now.acquire().version()).isEqualTo(1);
        assertThatThrownBy(frozen::commit).isInstanceOf(SQLException.class);
        assertThat(old.commit(Stores.commit(epoch, 2))).isInstanceOf(CommitResult.Fenced.class);
        assertThat(now.inspect().version()).isEqualTo(1);
      }
    } finally {
      server.stop();
    }
  }

  @Test
  void server_thatRestarts_isUsedAgain() throws SQLException {
    Server server = H2Servers.start();
    int port = server.getPort();
    String url = "jdbc:h2:tcp://127.0.0.1:" + port + "/" + directory.resolve("db");
    try (StateBackend backend = Stores.open(url, OwnershipPolicy.TAKE_OVER)) {
      long epoch = backend.acquire().epoch();
      Stores.mustCommit(backend, Stores.commit(epoch, 1, Stores.put(1, "a", "1")));
      server.stop();
      Commit commit = Stores.commit(epoch, 2, Stores.put(1, "a", "2"));
      assertThat(backend.commit(commit)).isInstanceOf(CommitResult.TryAgain.class);
      server = Server.createTcpServer("-tcpPort", Integer.toString(port), "-ifNotExists").start();
      assertThat(backend.get(1, Stores.bytes("a"))).isEqualTo(Stores.bytes("1"));
      assertThat(backend.commit(commit)).isEqualTo(new CommitResult.Committed());
      assertThat(backend.get(1, Stores.bytes("a"))).isEqualTo(Stores.bytes("2"));
    } finally {
      server.stop();
    }
  }
}
