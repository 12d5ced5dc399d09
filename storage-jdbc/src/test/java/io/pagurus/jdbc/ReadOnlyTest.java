package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.DamagePolicy;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.StoreInUseException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.testkit.CrashService;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases that are opened for reading only. */
@Timeout(120)
@ExtendWith(LeakExtension.class)
class ReadOnlyTest {
  @TempDir Path directory;

  private String url() {
    return "jdbc:h2:" + directory.resolve("state");
  }

  private static StateStoreBuilder reading(String url) {
    return StateStore.builder().url(url).readOnly(true);
  }

  private static StateMap<String, String> map(StateStore store) {
    return store.map("map", String.class, String.class);
  }

  /** Every file below the directory with its bytes. */
  private Map<Path, ByteBuffer> files() {
    Map<Path, ByteBuffer> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(path, ByteBuffer.wrap(Files.readAllBytes(path)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  @Test
  void embedded_changesNoByte() {
    try (StateStore store = StateStore.open(url())) {
      map(store).put("key", "value");
    }
    Map<Path, ByteBuffer> before = files();
    try (StateStore view = reading(url()).open()) {
      assertThat(map(view).get("key")).isEqualTo("value");
      assertThat(files()).as("while it is open").isEqualTo(before);
    }
    assertThat(files()).isEqualTo(before);
    try (StateStore store = StateStore.open(url())) {
      map(store).put("key", "another");
    }
  }

  @Test
  void embedded_besideItsOwner_isRefusedAtOnce_andAfterItsKillIsOneConsistentCut() {
    try (ForkedJvm owner =
        ForkedJvm.of(CrashService.class).jvmArgs("-Xmx256m").args(url()).start()) {
      owner.awaitPrefix("D 0 ");
      long begin = System.nanoTime();
      assertThatThrownBy(() -> reading(url()).open())
          .isInstanceOf(StoreInUseException.class)
          .hasMessageContaining("pid " + owner.pid())
          .hasMessageContaining("reading only")
          .hasMessageContaining("jdbc:h2:tcp://");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
      owner.signal(ForkedJvm.Signal.KILL);
      owner.awaitExit(Duration.ofSeconds(30));
    }
    Map<Path, ByteBuffer> before = files();
    try (StateStore view = reading(url()).open()) {
      CrashService.Numbers numbers = view.bind(new CrashService.Numbers());
      assertThat(numbers.faults()).isEmpty();
      assertThat(numbers.steps()).isPositive();
      assertThat(view.status().restore().cleanStop()).isFalse();
    }
    assertThat(files()).isEqualTo(before);
  }

  /** H2 opens a file once for each JVM, and the first one decides how. */
  @Test
  void embedded_beingRead_cannotBeOwnedInTheSameProcess_untilTheViewIsClosed() {
    StateStore.open(url()).close();
    try (StateStore view = reading(url()).open()) {
      assertThatThrownBy(() -> StateStore.open(url()))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("read only");
      assertThat(map(view).isEmpty()).isTrue();
    }
    try (StateStore store = StateStore.open(url())) {
      map(store).put("key", "value");
    }
  }

  @Test
  void embedded_thatIsNotThere_isNotCreated() {
    assertThatThrownBy(() -> reading("jdbc:h2:" + directory.resolve("deep/state")).open())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("no store 'default'")
        .hasMessageContaining(directory.resolve("deep/state").toString())
        .hasMessageContaining("creates nothing");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void database_withoutTables_getsNone() throws SQLException {
    DataSource dataSource = Stores.dataSource(Stores.memoryUrl());
    StateStoreBuilder builder =
        StateStore.builder().backend(JdbcStorage.of(dataSource)).readOnly(true);
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(builder::open)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("no store 'default'")
          .hasMessageContaining("no tables of Pagurus");
      try (ResultSet row =
          statement.executeQuery(
              "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'PUBLIC'")) {
        row.next();
        assertThat(row.getInt(1)).isZero();
      }
    }
  }

  @Test
  void server_isReadBesideItsOwner() throws SQLException {
    Server server = H2Servers.start();
    try {
      String place = "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/" + directory.resolve("db");
      assertThatThrownBy(() -> reading(place).open())
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("no store 'default'");
      assertThat(directory).isEmptyDirectory();
      try (StateStore owner = StateStore.open(place);
          StateStore view = opened(owner, place)) {
        assertThat(map(view).get("key")).isEqualTo("value");
        map(owner).put("key", "newer");
        owner.flush();
        assertThat(map(view).get("key")).as("a database is read at each call").isEqualTo("newer");
        owner.verifyOwnership();
      }
    } finally {
      server.stop();
    }
  }

  private static StateStore opened(StateStore owner, String place) {
    map(owner).put("key", "value");
    owner.flush();
    return reading(place).open();
  }

  @ParameterizedTest
  @EnumSource(value = DamagePolicy.class, names = "FAIL", mode = EnumSource.Mode.EXCLUDE)
  void damagePolicy_thatADatabaseDoesNotHave_isRefused_andSaysWhatToDo(DamagePolicy policy) {
    DataSource dataSource = Stores.dataSource(Stores.memoryUrl());
    for (StateStoreBuilder builder :
        new StateStoreBuilder[] {
          StateStore.builder().url(url()), StateStore.builder().backend(JdbcStorage.of(dataSource))
        }) {
      assertThatThrownBy(() -> builder.onDamage(policy).open())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Store default")
          .hasMessageContaining(policy.name())
          .hasMessageContaining("DamagePolicy.FAIL only")
          .hasMessageContaining("PAGURUS_ON_DAMAGE")
          .hasMessageContaining("backups");
    }
    assertThat(directory).isEmptyDirectory();
  }
}
