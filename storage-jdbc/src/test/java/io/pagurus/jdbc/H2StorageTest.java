package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.Change;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.Entry;
import io.pagurus.spi.StateBackend;
import io.pagurus.testkit.LeakExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to H2. */
@ExtendWith(LeakExtension.class)
class H2StorageTest {

  @TempDir Path directory;

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void values_ofEverySize_comeBack() {
    try (StateBackend backend =
        Stores.open("jdbc:h2:" + directory.resolve("db"), OwnershipPolicy.WAIT)) {
      long epoch = backend.acquire().epoch();
      int[] sizes = {0, 1, 65_535, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 16 << 20};
      List<Change> changes = new ArrayList<>();
      for (int size : sizes) {
        changes.add(new Change(1, Stores.bytes("k" + size), random(size)));
      }
      Stores.mustCommit(backend, Stores.commit(epoch, 1, changes.toArray(new Change[0])));
      for (int size : sizes) {
        assertThat(backend.get(1, Stores.bytes("k" + size))).isEqualTo(random(size));
      }
      assertThat(
              backend.commit(
                  Stores.commit(epoch, 2, new Change(1, new byte[] {1}, new byte[(16 << 20) + 1]))))
          .isInstanceOf(CommitResult.Rejected.class);
      assertThat(
              backend.commit(Stores.commit(epoch, 2, new Change(1, new byte[2049], new byte[1]))))
          .isInstanceOf(CommitResult.Rejected.class);
      Stores.mustCommit(
          backend, Stores.commit(epoch, 2, new Change(1, new byte[2048], new byte[1])));
    }
  }

  @Test
  void scan_isOrderedByUnsignedBytes() {
    try (StateBackend backend =
        Stores.open(Stores.dataSource(Stores.memoryUrl()), OwnershipPolicy.WAIT)) {
      List<Change> changes = new ArrayList<>();
      for (int i = 255; i >= 0; i--) {
        changes.add(new Change(1, new byte[] {(byte) i}, new byte[] {1}));
      }
      Stores.mustCommit(
          backend, Stores.commit(backend.acquire().epoch(), 1, changes.toArray(new Change[0])));
      List<Entry> all = backend.scan(1, new byte[0], null, 1000);
      assertThat(all).hasSize(256);
      for (int i = 0; i < 256; i++) {
        assertThat(all.get(i).key()).isEqualTo(new byte[] {(byte) i});
      }
      assertThat(backend.scan(1, new byte[] {(byte) 0xff}, null, 10)).hasSize(1);
    }
  }

  @Test
  void statements_useThePrimaryKey() throws SQLException {
    DataSource dataSource = Stores.dataSource(Stores.memoryUrl());
    Stores.open(dataSource, OwnershipPolicy.WAIT).close();
    try (Connection connection = dataSource.getConnection()) {
      String scan =
          explain(
              connection,
              "SELECT * FROM pagurus_entry e WHERE e.store = 1 AND e.space = 1"
                  + " AND e.entry_key > X'00' AND e.entry_key < X'01'"
                  + " ORDER BY e.store, e.space, e.entry_key FETCH FIRST 5 ROWS ONLY");
      assertThat(scan).contains("PRIMARY_KEY").contains("index sorted");
      String join =
          explain(
              connection,
              "SELECT e.version FROM UNNEST(CAST(ARRAY[X'00'] AS VARBINARY ARRAY)) AS k(k)"
                  + " JOIN pagurus_entry e ON e.store = 1 AND e.space = 1 AND e.entry_key = k.k");
      assertThat(join).contains("AND ENTRY_KEY = K.K");
    }
  }

  private static String explain(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("EXPLAIN " + sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void countAndGetAll_ofMoreKeysThanOneStatementTakes_seeOneInstant() {
    try (StateBackend backend =
        Stores.open(Stores.dataSource(Stores.memoryUrl()), OwnershipPolicy.WAIT)) {
      List<Change> changes = new ArrayList<>();
      List<byte[]> keys = new ArrayList<>();
      for (int i = 0; i < 12_000; i++) {
        keys.add(Stores.bytes("key" + i));
        changes.add(Stores.put(1, "key" + i, "v"));
      }
      Stores.mustCommit(
          backend, Stores.commit(backend.acquire().epoch(), 1, changes.toArray(new Change[0])));
      assertThat(backend.getAll(1, keys)).hasSize(12_000);
      assertThat(backend.count(1, keys)).isZero();
      assertThat(backend.count(1, keys.subList(0, 11_000))).isEqualTo(1_000);
      assertThat(backend.inspect().entries()).isEqualTo(12_000);
    }
  }

  @Test
  void reads_doNotWaitForAnOpenCommit() throws SQLException {
    DataSource dataSource = Stores.dataSource(Stores.memoryUrl());
    try (StateBackend backend = Stores.open(dataSource, OwnershipPolicy.WAIT);
        Connection other = dataSource.getConnection();
        Statement statement = other.createStatement()) {
      Stores.mustCommit(
          backend, Stores.commit(backend.acquire().epoch(), 1, Stores.put(1, "a", "1")));
      other.setAutoCommit(false);
      statement.execute("UPDATE pagurus_store SET seq = 2");
      statement.execute("DELETE FROM pagurus_entry");
      assertThat(backend.get(1, Stores.bytes("a"))).isEqualTo(Stores.bytes("1"));
      assertThat(backend.scan(1, new byte[0], null, 9)).hasSize(1);
      assertThat(backend.inspect().version()).isEqualTo(1);
      other.rollback();
    }
  }

  @Test
  void lockedRow_isTriedAgain_andCertainlyNotCommitted() throws SQLException {
    DataSource dataSource = Stores.dataSource(Stores.memoryUrl());
    try (StateBackend backend = Stores.open(dataSource, OwnershipPolicy.WAIT);
        Connection other = dataSource.getConnection();
        Statement statement = other.createStatement()) {
      long epoch = backend.acquire().epoch();
      other.setAutoCommit(false);
      statement.execute("UPDATE pagurus_store SET seq = seq");
      CommitResult result = backend.commit(Stores.commit(epoch, 1));
      assertThat(result).isInstanceOf(CommitResult.TryAgain.class);
      assertThat(((CommitResult.TryAgain) result).outcomeUnknown()).isFalse();
      other.rollback();
      Stores.mustCommit(backend, Stores.commit(epoch, 1));
    }
  }

  @Test
  void connections_goBackAsTheyCame() throws SQLException {
    DataSource real = Stores.dataSource(Stores.memoryUrl());
    try (Connection one = real.getConnection();
        Statement statement = one.createStatement()) {
      statement.execute("SET LOCK_TIMEOUT 1234");
      one.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      one.setAutoCommit(false);
      BorrowedConnections connections = new BorrowedConnections(new OneConnection(real, one));
      Connection borrowed = connections.openConnection();
      assertThat(borrowed.getAutoCommit()).isTrue();
      assertThat(borrowed.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      connections.closeConnection(borrowed);
      assertThat(one.getAutoCommit()).isFalse();
      assertThat(one.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
      try (ResultSet row = statement.executeQuery("CALL LOCK_TIMEOUT()")) {
        row.next();
        assertThat(row.getInt(1)).isEqualTo(1234);
      }
    }
  }

  @Test
  void open_withTheWrongPassword_saysSoWithoutIt() {
    String url = "jdbc:h2:" + directory.resolve("db");
    Stores.open(url, OwnershipPolicy.WAIT).close();
    assertThatThrownBy(() -> Stores.open(url + ";PASSWORD=hunter2", OwnershipPolicy.WAIT))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("USER and PASSWORD")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void open_withoutAServer_saysSo() {
    assertThatThrownBy(
            () -> Stores.open("jdbc:h2:tcp://127.0.0.1:1/x;PASSWORD=hunter2", OwnershipPolicy.WAIT))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("127.0.0.1:1")
        .hasMessageContaining("can be reached")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void open_ofADamagedFile_changesNothing() throws Exception {
    String url = "jdbc:h2:" + directory.resolve("db");
    Stores.open(url, OwnershipPolicy.WAIT).close();
    Path file = directory.resolve("db.mv.db");
    byte[] bytes = Files.readAllBytes(file);
    java.util.Arrays.fill(bytes, (byte) 0x55);
    Files.write(file, bytes);
    assertThatThrownBy(() -> Stores.open(url, OwnershipPolicy.WAIT))
        .isInstanceOf(io.pagurus.CorruptStateException.class)
        .hasMessageContaining("db");
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void embedded_leavesNothingButTheDatabase() throws Exception {
    String url = "jdbc:h2:" + directory.resolve("db");
    try (StateBackend backend = Stores.open(url, OwnershipPolicy.WAIT)) {
      Stores.mustCommit(backend, Stores.commit(backend.acquire().epoch(), 1));
      assertThat(Files.readString(directory.resolve("db.owner"))).contains("on host here");
    }
    try (var files = Files.list(directory)) {
      assertThat(files.map(path -> path.getFileName().toString())).containsExactly("db.mv.db");
    }
  }
}
