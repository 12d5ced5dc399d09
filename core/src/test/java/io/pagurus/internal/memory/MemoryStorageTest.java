package io.pagurus.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StateBackend;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.ServiceLoader;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which opens meet the same storage; what a storage does is in the contract tests of testkit. */
class MemoryStorageTest {
  private final BackendProvider provider = provider();

  private static BackendProvider provider() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(each -> each.schemes().contains("memory"))
        .findFirst()
        .orElseThrow();
  }

  /** The epoch that one more owner of the storage at {@code url} gets: 1 when it is a new one. */
  private static long epochAt(BackendProvider provider, @Nullable String url, String store) {
    OwnerId self = new OwnerId(UUID.randomUUID(), 1, "host", "", Instant.EPOCH, Instant.EPOCH);
    BackendRequest request =
        new BackendRequest(
            url,
            store,
            self,
            OwnershipPolicy.FAIL,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            DamagePolicy.FAIL,
            false,
            Clock.systemUTC());
    try (StateBackend backend = provider.open(request)) {
      return backend.acquire().epoch();
    }
  }

  @Test
  void urlWithoutName_isNewEachTime() {
    assertThat(epochAt(provider, "memory:", "s")).isEqualTo(1);
    assertThat(epochAt(provider, "memory:", "s")).isEqualTo(1);
  }

  @Test
  void urlWithName_isSharedByTheJvm() {
    assertThat(epochAt(provider, "memory:MemoryStorageTest", "s")).isEqualTo(1);
    assertThat(epochAt(provider(), "memory:MemoryStorageTest", "s")).isEqualTo(2);
    assertThat(epochAt(provider, "memory:MemoryStorageTest", "other")).isEqualTo(1);
    assertThat(epochAt(provider, "memory:MemoryStorageTest-2", "s")).isEqualTo(1);
  }

  @Test
  void object_isItsOwnStorage() {
    MemoryStorage storage = new MemoryStorage();
    assertThat(epochAt(storage, null, "s")).isEqualTo(1);
    assertThat(epochAt(storage, null, "s")).isEqualTo(2);
    assertThat(epochAt(new MemoryStorage(), null, "s")).isEqualTo(1);
  }

  @Test
  void urlThatCannotBeRead_isRefused_andSaysWhatIsExpected() {
    for (String url : List.of("memory:a b", "memory://host/x", "memory:" + "x".repeat(129))) {
      assertThatThrownBy(() -> epochAt(provider, url, "s"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(url)
          .hasMessageContaining("memory:NAME");
    }
  }
}
