package io.pagurus.testkit;

import io.pagurus.Lifecycle;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a store must do on every backend, seen through the public API alone. A backend passes it
 * with a class of about ten lines:
 *
 * <pre>{@code
 * class MyStoreContractTest extends StateStoreContract {
 *   private final MyStorage storage = new MyStorage(freshPlace());
 *
 *   @Override
 *   protected StateStoreBuilder builder() {
 *     return StateStore.builder().backend(storage);
 *   }
 * }
 * }</pre>
 *
 * <p>(JUnit makes a new instance of the class for each test.) Where a storage cannot be shared, the
 * tests demand what then holds instead; none is skipped.
 */
@Timeout(120) // a hang is a failure, too
@ExtendWith(LeakExtension.class)
public abstract class StateStoreContract
    implements StoreMapTests,
        StoreScanTests,
        StoreValueTests,
        StoreUpdateTests,
        StoreDurabilityTests,
        StoreCheckpointTests,
        StoreBindTests,
        StoreOwnershipTests,
        StoreStopTests,
        StoreReadOnlyTests,
        StoreConcurrencyTests {
  private @Nullable StoreFixture fixture;

  /**
   * A new builder for the storage of this test: new and empty at its beginning, the same one at
   * every call within it.
   */
  protected abstract StateStoreBuilder builder();

  /**
   * False when the storage itself keeps a second process out while the first has it open, as an
   * embedded database does. Then {@link #reopenAfterCrash} must be overridden, too.
   */
  protected boolean severalCanOpen() {
    return true;
  }

  /**
   * Whether the storage can be opened for reading only while its owner has it open. By default
   * where several can open it.
   */
  protected boolean viewableWhileOwned() {
    return severalCanOpen();
  }

  /**
   * Opens the storage as it would be after the death of the process that has {@code running} open,
   * without closing {@code running} cleanly. Here a second store takes over from the first, which
   * shows the storage the same: nothing that {@code running} has not committed is ever seen.
   *
   * @return a store with the settings of {@link #quiet}
   */
  protected StateStore reopenAfterCrash(StateStore running) {
    return quiet(builder()).ownership(OwnershipPolicy.TAKE_OVER).open();
  }

  /** The settings of the stores under test: they commit only when they are asked to. */
  protected final StateStoreBuilder quiet(StateStoreBuilder builder) {
    return builder
        .commitInterval(StoreFixture.NEVER)
        .captureInterval(StoreFixture.NEVER)
        .lifecycle(Lifecycle.EXTERNAL);
  }

  /** Called after each test, when every store is closed. */
  protected void discardStorage() throws Exception {}

  @BeforeEach
  final void openFixture() {
    fixture =
        new StoreFixture(
            this::builder, this::reopenAfterCrash, severalCanOpen(), viewableWhileOwned());
  }

  @AfterEach
  final void closeFixture() throws Exception {
    fixture().close();
    discardStorage();
  }

  @Override
  public final StoreFixture fixture() {
    if (fixture == null) {
      throw new IllegalStateException("only within a test");
    }
    return fixture;
  }
}
