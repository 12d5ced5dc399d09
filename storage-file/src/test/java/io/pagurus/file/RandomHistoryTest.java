package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Checkpoint;
import io.pagurus.testkit.BackendOwner;
import io.pagurus.testkit.RandomSeed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hundreds of random commits over a store that compacts all the time, compared with a model. */
class RandomHistoryTest {
  private static final int COMMITS = 400;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void anyHistory_isWhatTheModelSays(TinyStore.Form form) {
    AtomicLong compacted = new AtomicLong();
    RandomSeed.run(
        6,
        random -> {
          TinyStore store = new TinyStore(Files.createTempDirectory(directory, "store"), form);
          TinyStore.Model model = new TinyStore.Model();
          int keys = 5 + random.nextInt(300);
          BackendOwner owner = store.open();
          for (int i = 0; i < COMMITS; i++) {
            model.commit(owner, random, keys);
            if (random.nextInt(10) == 0) {
              verify(owner, model);
            }
            if (random.nextInt(25) == 0) {
              int how = random.nextInt(3);
              if (how == 0) {
                owner.commit(draft -> draft.release());
                model.states.put(owner.version(), model.now());
                owner.backend().close();
              } else if (how == 1) {
                owner.backend().close();
              }
              BackendOwner former = owner;
              owner = store.open();
              assertThat(owner.version()).isEqualTo(former.version());
              verify(owner, model);
              assertThat(owner.acquired().entries()).isEqualTo(model.entries());
              if (how == 2) {
                former.backend().close();
              }
            }
            if (random.nextInt(10) == 0) {
              compacted.set(Math.max(compacted.get(), store.peek().covered()));
            }
          }
          owner.backend().close();
          owner = store.open();
          verify(owner, model);
          for (String id : model.checkpoints.keySet()) {
            owner.commit(draft -> draft.restore(id, "undo-" + draft.version()));
            assertThat(TinyStore.dump(owner.backend())).isEqualTo(model.checkpoints.get(id));
          }
          owner.backend().close();
        });
    assertThat(compacted.get()).as("highest version in a base").isPositive();
  }

  private static void verify(BackendOwner owner, TinyStore.Model model) {
    assertThat(TinyStore.dump(owner.backend())).isEqualTo(model.now());
    assertThat(owner.backend().checkpoints().stream().map(Checkpoint::id))
        .containsExactlyElementsOf(model.checkpoints.keySet());
  }
}
