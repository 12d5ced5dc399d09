package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Finding;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateStore;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoragePlace;
import io.pagurus.testkit.LeakExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor is told about a database. */
@ExtendWith(LeakExtension.class)
class PlaceTest {
  @TempDir Path directory;

  @Test
  void embeddedDatabase_isWhereItsFileIs() throws Exception {
    String url = "jdbc:h2:" + directory.resolve("sub/state");
    try (StateBackend backend = Stores.open(url, OwnershipPolicy.WAIT)) {
      StoragePlace place = backend.place();
      assertThat(place.directory()).isEqualTo(directory.resolve("sub"));
      assertThat(place.stateBytes())
          .isPositive()
          .isEqualTo(Files.size(directory.resolve("sub/state.mv.db")));
      assertThat(place.borrowed()).isFalse();
    }
  }

  @Test
  void dataSourceOnAFile_isBorrowedAndThere() {
    String url = "jdbc:h2:" + directory.resolve("state") + ";DB_CLOSE_ON_EXIT=FALSE";
    try (StateBackend backend = Stores.open(Stores.dataSource(url), OwnershipPolicy.WAIT)) {
      assertThat(backend.place().directory()).isEqualTo(directory);
      assertThat(backend.place().borrowed()).isTrue();
    }
  }

  @Test
  void databaseInMemory_isNowhere() {
    try (StateBackend backend = Stores.open(Stores.memoryUrl(), OwnershipPolicy.WAIT)) {
      assertThat(backend.place()).isEqualTo(StoragePlace.ELSEWHERE);
    }
  }

  @Test
  void dataSource_isAFinding_thatCanBeAccepted() {
    var dataSource =
        Stores.dataSource("jdbc:h2:" + directory.resolve("state") + ";DB_CLOSE_ON_EXIT=FALSE");
    try (StateStore store = StateStore.builder().backend(JdbcStorage.of(dataSource)).open()) {
      assertThat(store.status().findings())
          .extracting(Finding::id)
          .contains("borrowed-connections");
    }
    try (StateStore store =
        StateStore.builder()
            .backend(JdbcStorage.of(dataSource))
            .doctorAccepts("borrowed-connections")
            .open()) {
      assertThat(store.status().findings())
          .extracting(Finding::id)
          .doesNotContain("borrowed-connections");
    }
  }
}
