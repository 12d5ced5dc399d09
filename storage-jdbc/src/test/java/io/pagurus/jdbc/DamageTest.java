package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.CorruptStateException;
import io.pagurus.IncompatibleStateException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.spi.StateBackend;
import io.pagurus.testkit.LeakExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Damaged rows and foreign formats. */
@ExtendWith(LeakExtension.class)
class DamageTest {

  private final DataSource dataSource = Stores.dataSource(Stores.memoryUrl());

  private void execute(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void read_ofAFlippedBit_namesTheEntry() throws SQLException {
    try (StateBackend backend = Stores.open(dataSource, OwnershipPolicy.TAKE_OVER)) {
      long epoch = backend.acquire().epoch();
      Stores.mustCommit(
          backend,
          Stores.commit(epoch, 1, Stores.put(7, "good", "value"), Stores.put(7, "key", "value")));
      execute("UPDATE pagurus_entry SET small_value = X'76616c7565ff' WHERE entry_key = X'6b6579'");
      byte[] key = Stores.bytes("key");
      assertThatThrownBy(() -> backend.get(7, key))
          .isInstanceOf(CorruptStateException.class)
          .hasMessageContaining("orders")
          .hasMessageContaining("space 7")
          .hasMessageContaining("\"key\"")
          .hasMessageNotContaining("value\u00ff");
      assertThatThrownBy(() -> backend.getAll(7, List.of(key)))
          .isInstanceOf(CorruptStateException.class);
      assertThatThrownBy(() -> backend.scan(7, new byte[0], null, 10))
          .isInstanceOf(CorruptStateException.class);
      assertThat(backend.get(7, Stores.bytes("good"))).isEqualTo(Stores.bytes("value"));
    }
  }

  @Test
  void read_ofAValueUnderAnotherKey_isDamage() throws SQLException {
    try (StateBackend backend = Stores.open(dataSource, OwnershipPolicy.TAKE_OVER)) {
      Stores.mustCommit(
          backend, Stores.commit(backend.acquire().epoch(), 1, Stores.put(7, "key", "value")));
      execute("UPDATE pagurus_entry SET entry_key = X'00ff'");
      assertThatThrownBy(() -> backend.get(7, new byte[] {0, (byte) 0xff}))
          .isInstanceOf(CorruptStateException.class)
          .hasMessageContaining("0x00ff");
    }
  }

  @Test
  void open_ofANewerFormat_isRefusedAndNamesBoth() throws SQLException {
    Stores.open(dataSource, OwnershipPolicy.TAKE_OVER).close();
    execute("UPDATE pagurus_format SET version = 7");
    assertThatThrownBy(() -> Stores.open(dataSource, OwnershipPolicy.TAKE_OVER))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining("format 7")
        .hasMessageContaining("format 1");
  }
}
