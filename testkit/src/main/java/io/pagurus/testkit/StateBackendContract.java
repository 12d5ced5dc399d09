package io.pagurus.testkit;

import io.pagurus.spi.BackendProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every backend must do, as tests. A backend passes them with a class of about ten lines:
 *
 * <pre>{@code
 * class MyBackendContractTest extends StateBackendContract {
 *   @Override
 *   protected BackendProvider storage() {
 *     return new MyStorage(freshPlace());
 *   }
 * }
 * }</pre>
 *
 * <p>Where a backend declares that it can do less, the tests demand what then holds instead; none
 * is skipped.
 */
@Timeout(120) // a hang is a failure, too
@ExtendWith(LeakExtension.class)
public abstract class StateBackendContract
    implements BackendReadTests, BackendCommitTests, BackendCheckpointTests, BackendOwnershipTests {
  private @Nullable BackendFixture fixture;

  /**
   * An empty storage, new for each test. Opened several times within a test, it is the same storage
   * each time.
   */
  protected abstract BackendProvider storage() throws Exception;

  /** The URL to open it with; null for a provider that knows its place. */
  protected @Nullable String url() {
    return null;
  }

  /**
   * False when the storage itself keeps a second process out while the first has it open, as an
   * embedded database does.
   */
  protected boolean severalCanOpen() {
    return true;
  }

  /** Called after each test, when every backend is closed. */
  protected void discardStorage() throws Exception {}

  @BeforeEach
  final void openFixture() throws Exception {
    fixture = new BackendFixture(storage(), url(), severalCanOpen());
  }

  @AfterEach
  final void closeFixture() throws Exception {
    fixture().close();
    discardStorage();
  }

  @Override
  public final BackendFixture fixture() {
    if (fixture == null) {
      throw new IllegalStateException("only within a test");
    }
    return fixture;
  }
}
