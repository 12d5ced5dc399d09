package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** P3: a process that is stopped by SIGSTOP inside of a commit, and goes on after a take-over. */
@Timeout(120)
@ExtendWith(LeakExtension.class)
class FrozenOwnerTest {
  private static final Duration LEASE = Duration.ofSeconds(1);

  @TempDir Path directory;
  private Server server = new Server();

  @BeforeEach
  void start() throws SQLException {
    server = H2Servers.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private String url() {
    return "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/" + directory.resolve("db");
  }

  private StateStore successor(OwnershipPolicy policy) {
    return StateStore.builder().url(url()).ownership(policy).lease(LEASE).open();
  }

  private ForkedJvm owner() {
    return ForkedJvm.of(FrozenOwner.class)
        .jvmArgs("-Xmx128m")
        .args(url() + ";NETWORK_TIMEOUT=20000", Long.toString(LEASE.toMillis()))
        .start();
  }

  /** What the zombie must say once it is awake: nothing is confirmed, everything refused. */
  private static void assertFenced(ForkedJvm zombie) {
    assertThat(zombie.awaitPrefix("COMMIT ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("PUT ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("FLUSH ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("UPDATE ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("VERIFY ")).isEqualTo("OwnershipLostException");
    assertThat(zombie.awaitPrefix("STATE ")).isEqualTo("FENCED");
    assertThat(zombie.awaitPrefix("CLOSE ")).isEqualTo("done");
    assertThat(zombie.awaitPrefix("CALLBACKS ")).isEqualTo("1");
    assertThat(zombie.awaitExit(Duration.ofSeconds(30))).as(zombie.stderr()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"TAKE_OVER", "WAIT"})
  void ownerFrozenInACommit_isFenced_whenItWakesUp(OwnershipPolicy policy) {
    try (ForkedJvm zombie = owner()) {
      zombie.await("INSIDE");
      zombie.signal(ForkedJvm.Signal.STOP);
      try (StateStore now = successor(policy)) {
        StateMap<String, String> map = now.map("map", String.class, String.class);
        assertThat(map.get("key")).isEqualTo("before");
        assertThat(now.status().restore().cleanStop()).isFalse();
        map.put("key", "successor");
        now.flush();
        long version = now.status().version();
        zombie.send("now");
        zombie.signal(ForkedJvm.Signal.CONT);
        assertFenced(zombie);
        assertThat(map.get("key")).isEqualTo("successor");
        now.verifyOwnership();
        assertThat(now.status().version()).isGreaterThanOrEqualTo(version);
      }
      try (StateStore later = successor(OwnershipPolicy.FAIL)) {
        assertThat(later.map("map", String.class, String.class).get("key")).isEqualTo("successor");
        assertThat(later.status().restore().cleanStop()).isTrue();
      }
    }
  }

  /** The one who takes over ends as well before the zombie wakes: nobody holds the store then. */
  @ParameterizedTest
  @EnumSource(names = {"TAKE_OVER", "WAIT"})
  void ownerFrozenInACommit_isFenced_evenWhenItsSuccessorIsGone(OwnershipPolicy policy) {
    try (ForkedJvm zombie = owner()) {
      zombie.await("INSIDE");
      zombie.signal(ForkedJvm.Signal.STOP);
      try (StateStore now = successor(policy)) {
        now.map("map", String.class, String.class).put("key", "successor");
      }
      zombie.send("now");
      zombie.signal(ForkedJvm.Signal.CONT);
      assertFenced(zombie);
      try (StateStore later = successor(OwnershipPolicy.FAIL)) {
        assertThat(later.map("map", String.class, String.class).get("key")).isEqualTo("successor");
      }
    }
  }
}
