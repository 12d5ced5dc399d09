package io.pagurus.testkit;

import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.StateBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Another storage, with faults that a test switches on and off. The faults hold for every backend
 * opened through it, also for those that are open already.
 *
 * <p>Faults that count ("the next {@code n} commits") are used up one by one; {@link #ALWAYS} never
 * is. Thread-safe.
 */
public final class FaultyStorage implements BackendProvider {
  /** A number of calls that is never used up. */
  public static final int ALWAYS = Integer.MAX_VALUE;

  private final BackendProvider target;

  private final Standstill commitGate = new Standstill();
  private final Standstill readGate = new Standstill();
  private final AtomicInteger refusedCommits = new AtomicInteger();
  private final AtomicInteger lostReplies = new AtomicInteger();
  private final AtomicInteger lostCommits = new AtomicInteger();
  private final AtomicInteger failedReads = new AtomicInteger();
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicInteger open = new AtomicInteger();

  private volatile Duration readDelay = Duration.ZERO;
  private volatile Predicate<Change> rejected = change -> false;
  private volatile Consumer<Commit> beforeCommit = commit -> {};
  private volatile BiConsumer<Commit, CommitResult> afterCommit = (commit, result) -> {};
  private volatile UnaryOperator<BackendInfo> info = declared -> declared;

  /** A storage in front of {@code target}, without faults at first. */
  public FaultyStorage(BackendProvider target) {
    this.target = target;
  }

  @Override
  public Set<String> schemes() {
    return target.schemes();
  }

  @Override
  public StateBackend open(BackendRequest request) {
    StateBackend backend = target.open(request);
    open.incrementAndGet();
    return new FaultyBackend(this, backend);
  }

  // ---- faults ---------------------------------------------------------------------------------

  /** Commits stand still, before anything of them is done, until {@link #goOn}. */
  public FaultyStorage haltCommits() {
    commitGate.close();
    return this;
  }

  /** Reads stand still until {@link #goOn}. */
  public FaultyStorage haltReads() {
    readGate.close();
    return this;
  }

  /** What stands still goes on. */
  public FaultyStorage goOn() {
    commitGate.open();
    readGate.open();
    return this;
  }

  /** Waits until a commit stands still; {@link #haltCommits} must have been called. */
  public void awaitHaltedCommit() {
    commitGate.awaitStanding();
  }

  /** Waits until a read stands still; {@link #haltReads} must have been called. */
  public void awaitHaltedRead() {
    readGate.awaitStanding();
  }

  /** The next {@code n} commits fail, certainly not done. */
  public FaultyStorage refuseCommits(int n) {
    refusedCommits.set(n);
    return this;
  }

  /** The next {@code n} commits are done, and the answer is lost. */
  public FaultyStorage loseReplies(int n) {
    lostReplies.set(n);
    return this;
  }

  /** The next {@code n} commits are lost on their way: not done, and nobody can know. */
  public FaultyStorage loseCommits(int n) {
    lostCommits.set(n);
    return this;
  }

  /** Commits with a change that {@code refused} matches are rejected for their content. */
  public FaultyStorage rejectChanges(Predicate<Change> refused) {
    this.rejected = refused;
    return this;
  }

  /** Commits that set or remove {@code key}, in whatever space, are rejected for their content. */
  public FaultyStorage rejectKey(byte[] key) {
    byte[] own = key.clone();
    return rejectChanges(change -> Arrays.equals(change.key(), own));
  }

  /** The next {@code n} reads fail. */
  public FaultyStorage failReads(int n) {
    failedReads.set(n);
    return this;
  }

  /** Reads take longer by {@code delay}. */
  public FaultyStorage delayReads(Duration delay) {
    this.readDelay = delay;
    return this;
  }

  /**
   * Backends declare something else about themselves, for example {@code localReads = false}, so
   * that the engine reads on its own threads and keeps a near cache. For backends not opened yet.
   */
  public FaultyStorage declare(UnaryOperator<BackendInfo> changed) {
    this.info = changed;
    return this;
  }

  /** No more faults; hooks and declarations stay. What stands still goes on. */
  public FaultyStorage heal() {
    refusedCommits.set(0);
    lostReplies.set(0);
    lostCommits.set(0);
    failedReads.set(0);
    readDelay = Duration.ZERO;
    rejected = change -> false;
    return goOn();
  }

  // ---- hooks and counts -----------------------------------------------------------------------

  /** Runs on the committing thread before each try, before any fault. */
  public FaultyStorage beforeCommit(Consumer<Commit> hook) {
    this.beforeCommit = hook;
    return this;
  }

  /** Runs on the committing thread after each try, with the answer that the engine gets. */
  public FaultyStorage afterCommit(BiConsumer<Commit, CommitResult> hook) {
    this.afterCommit = hook;
    return this;
  }

  /** How many commits were tried. */
  public long commits() {
    return commits.get();
  }

  /** How many reads were tried. */
  public long reads() {
    return reads.get();
  }

  /** How many backends are open. */
  public int openBackends() {
    return open.get();
  }

  // ---- what the backends ask --------------------------------------------------------------------

  CommitResult commit(Commit commit, StateBackend backend) {
    commits.incrementAndGet();
    beforeCommit.accept(commit);
    commitGate.pass();
    CommitResult result = faultyCommit(commit, backend);
    afterCommit.accept(commit, result);
    return result;
  }

  private CommitResult faultyCommit(Commit commit, StateBackend backend) {
    Optional<Change> refused = commit.changes().stream().filter(rejected).findFirst();
    if (refused.isPresent()) {
      return new CommitResult.Rejected(refused.get(), new IOException("rejected by the test"));
    }
    if (use(refusedCommits)) {
      return new CommitResult.TryAgain(new IOException("refused by the test"), false);
    }
    if (use(lostCommits)) {
      return new CommitResult.TryAgain(new IOException("lost by the test"), true);
    }
    CommitResult result = backend.commit(commit);
    return use(lostReplies)
        ? new CommitResult.TryAgain(new IOException("reply lost by the test"), true)
        : result;
  }

  <T> T read(Supplier<T> read) {
    reads.incrementAndGet();
    readGate.pass();
    pause(readDelay);
    if (use(failedReads)) {
      throw new StoreUnavailableException("The read was made to fail by the test");
    }
    return read.get();
  }

  BackendInfo info(BackendInfo declared) {
    return info.apply(declared);
  }

  void closed() {
    open.decrementAndGet();
  }

  private static boolean use(AtomicInteger left) {
    return left.getAndUpdate(n -> n == ALWAYS || n == 0 ? n : n - 1) > 0;
  }

  private static void pause(Duration delay) {
    if (delay.isZero()) {
      return;
    }
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("Interrupted", e);
    }
  }
}
