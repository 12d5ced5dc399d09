package io.pagurus.internal.engine;

import io.pagurus.CommitUnknownException;
import io.pagurus.StoreUnavailableException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sets a store back to a checkpoint, on the thread of the one who asks for it. Thread-safe: the
 * update lock lets one in at a time.
 *
 * <p>While it works, a block of the whole store is running, so every single writer waits. The
 * committer saves what is pending and sends the commit that restores; then the plain fields are
 * read back. A failure behind that commit fails the store: memory must never be committed over what
 * was restored.
 */
final class Restorer {
  private final Engine engine;
  private final Committer committer;

  Restorer(Engine engine, Committer committer) {
    this.engine = engine;
    this.committer = committer;
  }

  void restore(String id) {
    verify(id);
    engine.<@Nullable Void>underUpdateLock(
        () -> {
          engine.<@Nullable Void>holdingWholeStore(
              () -> {
                replaceContent(id);
                return null;
              });
          engine.beans().afterRestore();
          return null;
        });
  }

  /** A damaged checkpoint is refused while everything still goes on. */
  private void verify(String id) {
    engine
        .reader()
        .<@Nullable Void>read(
            backend -> {
              backend.verify(id);
              return null;
            });
  }

  /** Every single writer waits until memory shows what storage holds. */
  private void replaceContent(String id) {
    RestoreWish wish = new RestoreWish(id);
    committer.restoreTo(wish);
    awaitRestored(wish);
    readBack(id);
  }

  /** Not interruptible: half a restore helps nobody, and the wait has a bound. */
  private void awaitRestored(RestoreWish wish) {
    Deadline deadline = Deadline.in(engine.settings().maxFlushWait());
    boolean interrupted = false;
    try {
      while (true) {
        try {
          wish.done().get(Math.max(0, deadline.leftNanos()), TimeUnit.NANOSECONDS);
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw engine.told(e, "the restore");
    } catch (TimeoutException e) {
      throw tooLate(wish, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private StoreUnavailableException tooLate(RestoreWish wish, TimeoutException e) {
    String where =
        "Store '" + engine.storeName() + "': the restore to '" + wish.checkpoint() + "' ";
    if (wish.cancel()) {
      return new StoreUnavailableException(
          where
              + "was given up, because what was pending could not be saved within "
              + engine.settings().maxFlushWait()
              + " (maxFlushWait). Nothing was restored; "
              + committer.whatIsWrong(),
          e);
    }
    String unknown =
        where
            + "was not answered within "
            + engine.settings().maxFlushWait()
            + " (maxFlushWait), so memory and storage may differ. Open the store again: it shows the"
            + " state that storage holds.";
    engine.fail(unknown, e);
    return new CommitUnknownException(unknown, e);
  }

  /**
   * Brings what memory knows beside the tables in line with a restore that is durable. If that
   * cannot be read, nothing more may be committed: the old plain fields would go beside the
   * restored maps.
   */
  private void readBack(String id) {
    try {
      readBackFields();
    } catch (RuntimeException | Error e) {
      engine.fail(
          "Store '"
              + engine.storeName()
              + "': storage is restored to '"
              + id
              + "', but it could not be read back ("
              + e.getMessage()
              + "). Nothing more is committed. Open the store again: it shows the restored state.",
          e);
      throw e;
    }
  }

  /** Sets the plain fields to what storage holds. */
  void readBackFields() {
    engine.capture().reset(storedFields());
  }

  private Map<String, byte[]> storedFields() {
    Map<String, byte[]> stored = new HashMap<>();
    for (String name : engine.capture().names()) {
      byte[] bytes = engine.storedField(name);
      if (bytes != null) {
        stored.put(name, bytes);
      }
    }
    return stored;
  }
}
