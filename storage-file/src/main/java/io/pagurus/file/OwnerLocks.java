package io.pagurus.file;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreInUseException;
import io.pagurus.internal.log.Tip;
import io.pagurus.internal.log.Turn;
import io.pagurus.spi.BackendRequest;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the owner lives, as the operating system knows it: the owner of epoch {@code E} holds
 * byte {@code E} of the {@link LockFile}. Who wants to own the store locks
 *
 * <ol>
 *   <li>the byte of the current epoch: nobody has it, so its owner is dead or closed;
 *   <li>the byte of the next one, <i>before</i> that epoch comes to be by a seal: so nobody ever
 *       sees it without an owner.
 * </ol>
 *
 * <p>A processor that stands still proves nothing here: a frozen owner is alive, and only {@link
 * OwnershipPolicy#TAKE_OVER} passes by it. Used by one thread.
 */
final class OwnerLocks implements Turn {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerLocks.class);
  private static final long POLL_MILLIS = 50;

  private final Path path;
  private final String source;
  private final Runnable onOwning;
  private final LockFile file;
  private final Map<Long, FileLock> held = new TreeMap<>();

  private OwnerLocks(Path path, String source, Runnable onOwning, LockFile file) {
    this.path = path;
    this.source = source;
    this.onOwning = onOwning;
    this.file = file;
  }

  /**
   * For the store in {@code root}, which exists.
   *
   * @param source where it is, for people
   * @param onOwning runs when this process has become the owner
   */
  static OwnerLocks in(Path root, String source, Runnable onOwning) {
    Path path = root.resolve(LockFile.NAME);
    try {
      return new OwnerLocks(path, source, onOwning, LockFile.open(path));
    } catch (IOException e) {
      throw Unavailable.because("open", path, e);
    }
  }

  @Override
  public Tip await(Supplier<Look> look, BackendRequest request) {
    Deadline deadline = Deadline.in(request.maxOwnershipWait());
    for (; ; ) {
      Look seen = look.get();
      Tip tip = seen.tip();
      keepOnly(tip.epoch(), tip.epoch() + 1);
      boolean passBy = seen.released() || request.policy() == OwnershipPolicy.TAKE_OVER;
      boolean free = lock(tip.epoch()) || passBy;
      if (free && lock(tip.epoch() + 1)) {
        return tip;
      }
      if (deadline.passed() && request.policy() == OwnershipPolicy.TAKE_OVER) {
        return tip;
      }
      keepOnly(-1, -1); // or two who wait for each other would wait for ever
      if (request.policy() == OwnershipPolicy.FAIL && !passBy) {
        throw inUse(tip, request, "The policy is FAIL, so nothing was waited for.");
      }
      if (deadline.passed() || Thread.currentThread().isInterrupted()) {
        throw inUse(
            tip,
            request,
            deadline.passed()
                ? "Waited " + request.maxOwnershipWait() + " (maxOwnershipWait)."
                : "The wait was interrupted.");
      }
      deadline.pause(POLL_MILLIS);
    }
  }

  private boolean lock(long epoch) {
    if (held.containsKey(epoch)) {
      return true;
    }
    try {
      FileLock lock = file.tryLock(epoch);
      if (lock != null) {
        held.put(epoch, lock);
      }
      return lock != null;
    } catch (IOException e) {
      throw Unavailable.because("lock a byte of", path, e);
    }
  }

  private void keepOnly(long one, long other) {
    held.entrySet()
        .removeIf(
            entry -> {
              boolean remove = entry.getKey() != one && entry.getKey() != other;
              if (remove) {
                release(entry.getValue());
              }
              return remove;
            });
  }

  private static void release(FileLock lock) {
    try {
      lock.release();
    } catch (IOException e) {
      LOG.debug("Could not release {}", lock, e);
    }
  }

  private StoreInUseException inUse(Tip tip, BackendRequest request, String why) {
    return new StoreInUseException(
        "Store "
            + request.storeName()
            + " in "
            + source
            + " is in use by "
            + owner(tip)
            + ". "
            + why
            + " Stop that process, wait longer, or take over with OwnershipPolicy.TAKE_OVER.");
  }

  private static String owner(Tip tip) {
    return tip.seal() == null ? "a process that left no name" : tip.seal().owner().describe();
  }

  @Override
  public void owning(long epoch) {
    if (!lock(epoch)) {
      LOG.warn(
          "This process owns epoch {} of {} but cannot lock its byte in {}; another process may"
              + " take it for dead. Nothing committed is lost by that.",
          epoch,
          source,
          path);
    }
    keepOnly(epoch, epoch);
    onOwning.run();
  }

  @Override
  public void close() {
    keepOnly(-1, -1);
    Quietly.close(file);
  }
}
