package io.pagurus.jdbc;

import io.pagurus.StateStore;
import io.pagurus.testkit.FrozenCommit;
import java.time.Duration;

/** An owner that is frozen where its transaction is complete but for the COMMIT. */
final class FrozenOwner {
  private FrozenOwner() {}

  public static void main(String[] args) throws Exception {
    CommitHook dataSource = new CommitHook(Stores.dataSource(args[0]));
    FrozenCommit.live(
        StateStore.builder()
            .backend(JdbcStorage.of(dataSource))
            .lease(Duration.ofMillis(Long.parseLong(args[1]))),
        dataSource::beforeNext);
  }
}
