package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.pagurus.CorruptStateException;
import io.pagurus.DamagePolicy;
import io.pagurus.DamageReport;
import io.pagurus.OwnershipPolicy;
import io.pagurus.RestoreReport;
import io.pagurus.StateStore;
import io.pagurus.internal.memory.MemoryStorage;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Entry;
import io.pagurus.spi.Recovery;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What opening tells its backend, and what it makes of the answers. */
@ExtendWith(LeakExtension.class)
class OpeningTest {
  private final FaultyStorage storage = new FaultyStorage(new MemoryStorage());
  private final List<BackendRequest> requests = new ArrayList<>();

  /** The storage, with backends as {@code changed} makes them. */
  private BackendProvider with(UnaryOperator<StateBackend> changed) {
    return new BackendProvider() {
      @Override
      public Set<String> schemes() {
        return Set.of();
      }

      @Override
      public StateBackend open(BackendRequest request) {
        requests.add(request);
        return changed.apply(storage.open(request));
      }
    };
  }

  private static StateBackend recovered(StateBackend backend, Recovery recovery) {
    return new ForwardingBackend(backend) {
      @Override
      public Recovery recovery() {
        return recovery;
      }
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void catalogThatCannotBeRead_isTold_andTheBackendIsClosed(boolean readOnly) {
    StateStore.builder().backend(storage).open().close();
    BackendProvider damaged =
        with(
            backend ->
                new ForwardingBackend(backend) {
                  @Override
                  public List<Entry> scan(
                      int space, byte[] prefix, byte @Nullable [] after, int limit) {
                    throw new CorruptStateException("The catalog is damaged");
                  }
                });
    assertThatThrownBy(() -> StateStore.builder().backend(damaged).readOnly(readOnly).open())
        .isInstanceOf(CorruptStateException.class)
        .hasMessage("The catalog is damaged");
    assertThat(storage.openBackends()).isZero();
    // Closing ends the ownership that was taken: the next one need not wait or take over.
    StateStore.builder().backend(storage).ownership(OwnershipPolicy.FAIL).open().close();
  }

  @Test
  void checkpointsThatCannotBeRead_closeTheBackend() {
    storage.failReads(1);
    assertThatThrownBy(() -> StateStore.builder().backend(storage).open())
        .hasMessageContaining("made to fail");
    assertThat(storage.openBackends()).isZero();
  }

  @Test
  void backend_isTold_whatIsWanted() {
    BackendProvider provider = with(backend -> backend);
    StateStore.builder().backend(provider).onDamage(DamagePolicy.LAST_GOOD).open().close();
    StateStore.builder().backend(provider).readOnly(true).open().close();
    assertThat(requests)
        .extracting(BackendRequest::readOnly, BackendRequest::damagePolicy)
        .containsExactly(tuple(false, DamagePolicy.LAST_GOOD), tuple(true, DamagePolicy.FAIL));
  }

  @Test
  void readOnly_neitherAcquiresNorCommits() {
    StateStore.builder().backend(storage).open().close();
    long commits = storage.commits();
    BackendProvider provider =
        with(
            backend ->
                new ForwardingBackend(backend) {
                  @Override
                  public StoreHead acquire() {
                    throw new AssertionError("nothing may be owned");
                  }
                });
    try (StateStore view = StateStore.builder().backend(provider).readOnly(true).open()) {
      assertThat(view.counter("c").get()).isZero();
      assertThat(Thread.getAllStackTraces().keySet())
          .as("nothing runs in the background")
          .noneMatch(thread -> thread.getName().startsWith("pagurus-default-"));
    }
    assertThat(storage.commits()).isEqualTo(commits);
    assertThat(storage.openBackends()).isZero();
  }

  @Test
  void report_carriesTheRecovery() {
    DamageReport damage =
        new DamageReport(
            "memory:",
            DamagePolicy.EMPTY,
            List.of(new DamageReport.Finding("HEAD", -1, "is missing", -1)),
            List.of(),
            0,
            0,
            List.of("HEAD"));
    BackendProvider provider = with(b -> recovered(b, new Recovery(4096, 57, damage)));
    try (StateStore store = StateStore.builder().backend(provider).open()) {
      RestoreReport restore = store.status().restore();
      assertThat(restore.bytesRead()).isEqualTo(4096);
      assertThat(restore.bytesCut()).isEqualTo(57);
      assertThat(restore.damage()).isSameAs(damage);
      assertThat(restore.created()).as("empty, but not new").isFalse();
    }
  }
}
