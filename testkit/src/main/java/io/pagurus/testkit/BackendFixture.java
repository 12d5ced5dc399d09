package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreInUseException;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StateBackend;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One storage under test and every backend that was opened on it. Thread-safe for opening.
 *
 * <p>It opens backends as processes would: with this JVM as owner, or with one that is certainly
 * dead.
 */
public final class BackendFixture implements AutoCloseable {
  /** Longer than any test: what has to wait for it never gets there. */
  static final Duration FOREVER = Duration.ofHours(1);

  /** What a test grants a step that must come. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The process space that {@link #deadProcess} and {@link #thisProcess} share. */
  private static final String PID_SPACE = "testkit";

  private final BackendProvider provider;
  private final @Nullable String url;
  private final boolean severalCanOpen;
  private final Deque<StateBackend> opened = new ArrayDeque<>();

  BackendFixture(BackendProvider provider, @Nullable String url, boolean severalCanOpen) {
    this.provider = provider;
    this.url = url;
    this.severalCanOpen = severalCanOpen;
  }

  /** Whether two backends can have the storage open at once. */
  boolean severalCanOpen() {
    return severalCanOpen;
  }

  /** Opens {@code request}; it is closed after the test, if the test does not do it. */
  StateBackend open(BackendRequest request) {
    StateBackend backend = new CloseOnce(provider.open(request));
    synchronized (opened) {
      opened.push(backend);
    }
    return backend;
  }

  /** Opens for a look: another owner does not matter as long as nothing is acquired. */
  StateBackend open() {
    return open(request(OwnershipPolicy.TAKE_OVER));
  }

  /** Opens and owns, whoever owned before. */
  BackendOwner own() {
    return own(request(OwnershipPolicy.TAKE_OVER));
  }

  /** Opens and owns. */
  BackendOwner own(BackendRequest request) {
    return BackendOwner.acquire(open(request));
  }

  /** Ends {@code owner} as a kill would, without a release, and opens a successor. */
  BackendOwner ownAfterDeathOf(BackendOwner owner) {
    owner.backend().close();
    return own();
  }

  /** A patient request of this process. */
  BackendRequest request(OwnershipPolicy policy) {
    return request("contract", thisProcess(), policy, PATIENCE, FOREVER);
  }

  /** A request of this process with bounds of its own. */
  BackendRequest request(OwnershipPolicy policy, Duration maxOwnershipWait, Duration lease) {
    return request("contract", thisProcess(), policy, maxOwnershipWait, lease);
  }

  /** Any request. */
  BackendRequest request(
      String storeName,
      OwnerId self,
      OwnershipPolicy policy,
      Duration maxOwnershipWait,
      Duration lease) {
    return new BackendRequest(
        url,
        storeName,
        self,
        policy,
        maxOwnershipWait,
        lease,
        DamagePolicy.FAIL,
        false,
        Clock.systemUTC());
  }

  /** This JVM as a new owner. */
  static OwnerId thisProcess() {
    ProcessHandle self = ProcessHandle.current();
    return owner(self.pid(), self.info().startInstant().orElse(Instant.EPOCH));
  }

  /**
   * A process that the operating system proves dead: the pid lives, but started at another time.
   */
  static OwnerId deadProcess() {
    ProcessHandle self = ProcessHandle.current();
    return owner(self.pid(), Instant.parse("2001-02-03T04:05:06Z"));
  }

  private static OwnerId owner(long pid, Instant start) {
    return new OwnerId(UUID.randomUUID(), pid, "testkit-host", PID_SPACE, start, Instant.now());
  }

  /**
   * What stands for a test with two owners where the storage cannot be shared: the second one is
   * refused even under {@code TAKE_OVER}, and the first goes on undisturbed.
   */
  void assertSecondIsRefused(BackendOwner first) {
    assertThatThrownBy(
            () -> own(request(OwnershipPolicy.TAKE_OVER, Duration.ofMillis(200), FOREVER)))
        .isInstanceOf(StoreInUseException.class);
    first.commit(c -> c.put(1, "undisturbed", "yes"));
  }

  @Override
  public void close() {
    synchronized (opened) {
      while (!opened.isEmpty()) {
        opened.pop().close();
      }
    }
  }
}
