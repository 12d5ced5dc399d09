package io.pagurus.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.internal.log.Append;
import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.DamageException;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.FrameKind;
import io.pagurus.internal.log.History;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.Range;
import io.pagurus.internal.log.Seal;
import io.pagurus.internal.log.Tip;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every commit log must do, as tests. A log passes them with a class of ten lines:
 *
 * <pre>{@code
 * class MyLogTest extends CommitLogContract {
 *   private final MyPlace place = freshPlace();
 *
 *   @Override
 *   protected CommitLog open() {
 *     return new MyLog(place);
 *   }
 * }
 * }</pre>
 */
@Timeout(120) // a hang is a failure, too
@ExtendWith(LeakExtension.class)
public abstract class CommitLogContract {
  private static final Append DONE = new Append.Done();
  private static final UUID STORE = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");
  private static final int THREADS = 8;

  private final Deque<CommitLog> opened = new ArrayDeque<>();

  /**
   * One more connection to the same log, which is not created at first. Each is closed after the
   * test, in reverse order.
   */
  protected abstract CommitLog open() throws Exception;

  /** Called after each test, when every connection is closed. */
  protected void discardPlace() throws Exception {}

  /** How many races are run; fewer where each request costs money. */
  protected int rounds() {
    return 200;
  }

  private CommitLog connect() throws Exception {
    CommitLog log = open();
    opened.push(log);
    return log;
  }

  private LogOwner takeOver() throws Exception {
    return LogOwner.takeOver(connect());
  }

  @AfterEach
  final void closeConnections() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
    discardPlace();
  }

  private static Tip look(CommitLog log) {
    return requireNonNull(log.look());
  }

  private static List<String> show(List<Frame> frames) {
    return frames.stream().map(LogOwner::show).toList();
  }

  /** All that can be read in {@code ranges}. */
  private static List<String> read(CommitLog log, List<Range> ranges) {
    List<String> frames = new ArrayList<>();
    ranges.forEach(range -> frames.addAll(show(LogOwner.read(log, range))));
    return frames;
  }

  // ---- creating -------------------------------------------------------------------------------

  @Test
  void newPlace_hasNoLog() throws Exception {
    CommitLog log = connect();
    assertThat(log.look()).isNull();
    assertThat(log.history()).isEqualTo(History.NONE);
    assertThat(log.sealOf(0)).isNull();
    assertThat(log.olderThan(5)).isEmpty();
    assertThat(log.look()).as("looking changes nothing").isNull();
  }

  @Test
  void create_beginsWithEpochOne() throws Exception {
    Seal first = LogOwner.sealOf(STORE, 0);
    CommitLog log = connect();
    assertThat(log.create(first)).isEqualTo(first);
    for (CommitLog each : List.of(log, connect())) {
      assertThat(look(each).epoch()).isEqualTo(1);
      assertThat(look(each).seal()).isEqualTo(first);
      assertThat(each.sealOf(0)).isEqualTo(first);
      assertThat(each.sealOf(1)).isNull();
      assertThat(each.history()).isEqualTo(History.NONE);
    }
  }

  @Test
  void create_again_hasNoEffect() throws Exception {
    Seal first = LogOwner.sealOf(STORE, 0);
    connect().create(first);
    assertThat(connect().create(LogOwner.sealOf(UUID.randomUUID(), 0))).isEqualTo(first);
    LogOwner owner = takeOver();
    Frame commit = owner.commit("content");
    assertThat(commit.identity().storeId()).isEqualTo(STORE);
    assertThat(connect().create(LogOwner.sealOf(UUID.randomUUID(), 0))).isEqualTo(first);
    owner.commit("more");
  }

  @Test
  void create_hasOneWinner() throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    Set<Seal> there = new HashSet<>();
    try (Threads threads = new Threads()) {
      List<Future<Seal>> created = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        CommitLog log = connect();
        created.add(
            threads.call(
                () -> {
                  Seal mine = LogOwner.sealOf(UUID.randomUUID(), 0);
                  start.await();
                  return log.create(mine);
                }));
      }
      for (Future<Seal> future : created) {
        there.add(Threads.get(future));
      }
    }
    assertThat(there).hasSize(1).contains(look(connect()).seal());
  }

  // ---- looking --------------------------------------------------------------------------------

  @Test
  void look_seesCommits_andNothingElse() throws Exception {
    LogOwner owner = takeOver();
    CommitLog other = connect();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      owner.commit("commit " + i);
      Tip tip = look(other);
      assertThat(tip.epoch()).isEqualTo(owner.epoch());
      assertThat(tip.seal()).isEqualTo(owner.log().sealOf(owner.epoch() - 1));
      assertThat(look(other)).isEqualTo(tip).isEqualTo(look(owner.log()));
      assertThat(seen.add(tip.newestFrame())).as("changes with each commit").isTrue();
    }
  }

  @Test
  void look_seesTheEpochThatHasNoCommits() throws Exception {
    LogOwner first = takeOver();
    first.commit("a");
    Seal seal = LogOwner.sealOf(STORE, first.epoch());
    CommitLog second = connect();
    assertThat(second.seal(seal)).isEqualTo(seal);
    for (CommitLog log : List.of(second, first.log(), connect())) {
      assertThat(look(log).epoch()).isEqualTo(first.epoch() + 1);
      assertThat(look(log).seal()).isEqualTo(seal);
    }
  }

  // ---- sealing --------------------------------------------------------------------------------

  @Test
  void seal_answersItsMaker_andShowsItToOthers() throws Exception {
    LogOwner owner = takeOver();
    owner.commit("a");
    Seal mine = LogOwner.sealOf(STORE, owner.epoch());
    Seal other = LogOwner.sealOf(STORE, owner.epoch());
    CommitLog log = connect();
    assertThat(log.sealOf(owner.epoch())).isNull();
    assertThat(log.seal(mine)).isEqualTo(mine);
    assertThat(log.seal(mine)).as("sent again").isEqualTo(mine);
    assertThat(connect().seal(other)).isEqualTo(mine);
    assertThat(owner.log().seal(other)).isEqualTo(mine);
    assertThat(connect().sealOf(owner.epoch())).isEqualTo(mine);
  }

  @Test
  void seal_ofAnEpochThatIsNotCurrent_ownsNothing() throws Exception {
    Seal none = LogOwner.sealOf(STORE, 1);
    assertThat(connect().seal(none)).as("no log").isNull();
    LogOwner first = takeOver();
    first.commit("a");
    LogOwner second = takeOver();
    second.commit("b");
    for (long epoch : List.of(0L, 1L, second.epoch() + 1, second.epoch() + 7)) {
      Seal seal = LogOwner.sealOf(STORE, epoch);
      assertThat(connect().seal(seal)).as("epoch " + epoch).isNotEqualTo(seal);
    }
    second.commit("not disturbed");
    assertThat(look(connect()).epoch()).isEqualTo(second.epoch());
  }

  @Test
  void sealOf_isTheNewest() throws Exception {
    LogOwner first = takeOver();
    LogOwner second = takeOver();
    second.commit("a");
    LogOwner third = takeOver();
    CommitLog log = connect();
    Seal newest = requireNonNull(log.sealOf(second.epoch()));
    assertThat(newest.epoch()).isEqualTo(second.epoch());
    assertThat(log.sealOf(first.epoch())).isEqualTo(newest);
    assertThat(log.sealOf(0)).isEqualTo(newest);
    assertThat(log.sealOf(third.epoch())).isNull();
    assertThat(log.sealOf(third.epoch() + 1)).isNull();
    third.commit("b");
    assertThat(log.sealOf(0)).isEqualTo(newest);
    assertThat(log.sealOf(third.epoch())).isNull();
  }

  @Test
  void seal_hasOneWinner_inEachEpoch() throws Exception {
    connect().create(LogOwner.sealOf(STORE, 0));
    CommitLog judge = connect();
    CyclicBarrier step = new CyclicBarrier(THREADS);
    try (Threads threads = new Threads()) {
      List<Future<List<Seal>>> wins = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        CommitLog log = connect();
        wins.add(
            threads.call(
                () -> {
                  List<Seal> won = new ArrayList<>();
                  for (long epoch = 1; epoch <= rounds(); epoch++) {
                    Seal mine = LogOwner.sealOf(STORE, epoch);
                    step.await();
                    Seal there = log.seal(mine);
                    if (mine.equals(there)) {
                      won.add(mine);
                      if (epoch % 3 == 0) { // some epochs end without a commit
                        LogOwner.own(log, mine).commit("won " + epoch);
                      }
                    } else if (there != null) {
                      assertThat(there.epoch()).isEqualTo(epoch);
                    }
                    step.await();
                    assertThat(look(log).epoch()).isEqualTo(epoch + 1);
                  }
                  return won;
                }));
      }
      threads.join();
      List<Seal> winners = new ArrayList<>();
      for (Future<List<Seal>> each : wins) {
        winners.addAll(Threads.get(each));
      }
      assertThat(winners.stream().map(Seal::epoch)).doesNotHaveDuplicates().hasSize(rounds());
      assertThat(winners).contains(judge.sealOf(rounds()));
      assertThat(judge.history().newestVersion()).isEqualTo(rounds() / 3);
    }
  }

  @Test
  void epochWithoutCommits_isSealedLikeAnyOther() throws Exception {
    LogOwner first = takeOver();
    LogOwner second = takeOver();
    LogOwner third = takeOver();
    assertThat(third.epoch()).isEqualTo(first.epoch() + 2);
    assertThat(third.restored().newestVersion()).isZero();
    for (LogOwner late : List.of(first, second)) {
      assertThat(late.append(late.draft("late"))).isInstanceOf(Append.Fenced.class);
    }
    assertThat(third.commit("a").identity().seq()).isEqualTo(1);
    assertThat(takeOver().restored().newestVersion()).isEqualTo(1);
    LogOwner fifth = takeOver();
    assertThat(LogOwner.newestCommit(fifth.restored())).isNotNull();
    assertThat(fifth.commit("b").identity().seq()).isEqualTo(2);
  }

  @Test
  void sealedBeforeTheFirstCommit_whileOthersGoOn_isFencedAllTheSame() throws Exception {
    CommitLog slow = connect();
    slow.create(LogOwner.sealOf(STORE, 0));
    Seal seal = LogOwner.sealOf(STORE, 1);
    assertThat(slow.seal(seal)).isEqualTo(seal);
    LogOwner fast = takeOver();
    for (int i = 0; i < 5; i++) {
      fast.commit("fast " + i);
    }
    // The slow one reads its history only now. Whatever it sees, it must not get a commit through.
    LogOwner late;
    try {
      late = LogOwner.own(slow, seal);
    } catch (AssertionError couldNotStart) {
      return;
    }
    assertThat(late.append(late.draft("late"))).isInstanceOf(Append.Fenced.class);
    assertThat(look(connect()).epoch()).isEqualTo(fast.epoch());
    fast.commit("goes on");
  }

  // ---- appending ------------------------------------------------------------------------------

  @Test
  void append_isReadByAnyConnection() throws Exception {
    LogOwner owner = takeOver();
    List<Frame> commits = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      commits.add(owner.commit("commit " + i));
      assertThat(commits.get(i).identity().seq()).isEqualTo(i + 1);
    }
    for (CommitLog log : List.of(owner.log(), connect())) {
      assertThat(read(log, owner.ranges())).isEqualTo(show(commits));
      History history = log.history();
      assertThat(history.newestVersion()).isEqualTo(30);
      assertThat(history.damages()).isEmpty();
      assertThat(history.cut()).isZero();
      Frame newest = requireNonNull(LogOwner.newestCommit(history));
      assertThat(newest.identity()).isEqualTo(commits.get(29).identity());
      assertThat(newest.head()).isEqualTo(commits.get(29).head());
      Range some = new Range(owner.epoch(), owner.ranges().get(0).part(), 7, 9);
      assertThat(show(LogOwner.read(log, some))).isEqualTo(show(commits.subList(6, 9)));
    }
  }

  @Test
  void append_takesFramesOfAnySize() throws Exception {
    LogOwner owner = takeOver();
    List<Frame> commits = new ArrayList<>();
    Random random = new Random(9);
    for (int length : List.of(0, 1, 60_000, 64 << 10, 70_000, 1 << 20, 9 << 20, 3)) {
      Frame commit = owner.draft(Bytes.random(random, length));
      assertThat(owner.append(commit)).isEqualTo(DONE);
      commits.add(commit);
    }
    assertThat(read(connect(), owner.ranges())).isEqualTo(show(commits));
    assertThat(takeOver().restored().newestVersion()).isEqualTo(commits.size());
  }

  @Test
  void append_again_isThereOnce() throws Exception {
    LogOwner owner = takeOver();
    List<Frame> commits = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Frame commit = owner.commit("commit " + i);
      assertThat(owner.append(commit)).isEqualTo(DONE);
      assertThat(owner.append(commit)).isEqualTo(DONE);
      commits.add(commit);
    }
    assertThat(read(connect(), owner.ranges())).isEqualTo(show(commits));
    assertThat(takeOver().restored().newestVersion()).isEqualTo(3);
  }

  @Test
  void append_afterTheSeal_isFenced_forGood() throws Exception {
    LogOwner old = takeOver();
    old.commit("old");
    LogOwner now = takeOver();
    Seal seal = requireNonNull(connect().sealOf(old.epoch()));
    Frame late = old.draft("late");
    for (int i = 0; i < 3; i++) {
      assertThat(old.append(late)).isEqualTo(new Append.Fenced(seal));
    }
    assertThat(old.append(old.draft("another"))).isEqualTo(new Append.Fenced(seal));
    now.commit("new");
    assertThat(old.append(late)).isInstanceOf(Append.Fenced.class);
    assertThat(read(connect(), now.ranges())).hasSize(1);
    assertThat(takeOver().restored().newestVersion()).isEqualTo(2);
  }

  @Test
  void append_thatLandedBeforeTheSeal_staysInTheHistory() throws Exception {
    LogOwner old = takeOver();
    Frame landed = old.commit("landed");
    LogOwner now = takeOver();
    assertThat(old.append(landed)).as("sent again").isNotInstanceOf(Append.Retry.class);
    Frame newest = requireNonNull(LogOwner.newestCommit(now.restored()));
    assertThat(newest.identity()).isEqualTo(landed.identity());
    assertThat(read(now.log(), old.ranges())).containsExactly(LogOwner.show(landed));
  }

  @Test
  void append_whileSealed_isDoneOnlyIfTheNextOwnerSeesIt() throws Exception {
    for (int round = 0; round < rounds() / 4; round++) {
      LogOwner old = takeOver();
      CommitLog log = connect();
      CountDownLatch begun = new CountDownLatch(1 + round % 3);
      try (Threads threads = new Threads()) {
        Future<Seal> fenced =
            threads.call(
                () -> {
                  while (true) {
                    Append result = old.append(old.draft("commit"));
                    begun.countDown();
                    if (result instanceof Append.Fenced by) {
                      return by.by();
                    }
                    assertThat(result).isEqualTo(DONE);
                  }
                });
        Threads.await(begun);
        LogOwner now = LogOwner.takeOver(log);
        assertThat(Threads.get(fenced).epoch()).isEqualTo(old.epoch());
        // One more may have landed just before the seal, without an answer.
        assertThat(now.version()).isBetween(old.version(), old.version() + 1);
        assertThat(read(log, old.ranges())).hasSize(countOf(old.ranges()));
        now.commit("new");
      }
    }
  }

  private static int countOf(List<Range> ranges) {
    return (int) ranges.stream().mapToLong(range -> range.to() - range.from() + 1).sum();
  }

  @Test
  void read_goesOnWhileTheOwnerAppends() throws Exception {
    LogOwner owner = takeOver();
    Frame first = owner.commit("first");
    Range range = owner.ranges().get(0);
    CommitLog reader = connect();
    AtomicBoolean done = new AtomicBoolean();
    try (Threads threads = new Threads()) {
      threads.run(
          () -> {
            try {
              for (int i = 0; i < rounds(); i++) {
                owner.commit("commit " + i);
              }
            } finally {
              done.set(true);
            }
          });
      long newest = 0;
      while (!done.get()) {
        assertThat(show(LogOwner.read(reader, range))).containsExactly(LogOwner.show(first));
        History history = reader.history();
        assertThat(history.newestVersion()).isGreaterThanOrEqualTo(newest);
        assertThat(history.damages()).isEmpty();
        newest = history.newestVersion();
        assertThat(look(reader).epoch()).isEqualTo(owner.epoch());
      }
      threads.join();
    }
  }

  // ---- parts ----------------------------------------------------------------------------------

  @Test
  void start_beginsANewPart_whereThereAreParts() throws Exception {
    LogOwner owner = takeOver();
    List<Frame> commits = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      if (part > 0) {
        assertThat(owner.startPart()).isEqualTo(DONE);
      }
      assertThat(owner.log().currentPart())
          .isEqualTo(owner.log().manifestInEveryFrame() ? 0 : part);
      assertThat(owner.log().partIsFull()).isFalse();
      commits.add(owner.commit("part " + part));
      commits.add(owner.commit("part " + part + ", again"));
    }
    assertThat(owner.ranges()).hasSize(owner.log().manifestInEveryFrame() ? 1 : 3);
    assertThat(read(connect(), owner.ranges())).isEqualTo(show(commits));
    History history = takeOver().restored();
    assertThat(history.newestVersion()).isEqualTo(6);
    List<FrameKind> kinds =
        history.frames().stream().map(located -> located.frame().kind()).toList();
    assertThat(kinds)
        .isEqualTo(
            owner.log().manifestInEveryFrame()
                ? List.of(FrameKind.COMMIT)
                : List.of(FrameKind.OPEN, FrameKind.COMMIT, FrameKind.COMMIT));
    assertThat(history.frames())
        .allSatisfy(located -> assertThat(located.part()).isEqualTo(last(owner.ranges()).part()));
  }

  private static Range last(List<Range> ranges) {
    return ranges.get(ranges.size() - 1);
  }

  @Test
  void history_afterStart_withoutCommits_holdsTheVersion() throws Exception {
    LogOwner owner = takeOver();
    owner.commit("a");
    LogOwner next = takeOver();
    assertThat(next.startPart()).isEqualTo(DONE);
    History history = connect().history();
    assertThat(history.newestVersion()).isEqualTo(1);
    assertThat(history.frames()).isNotEmpty();
    assertThat(next.commit("b").identity().seq()).isEqualTo(2);
  }

  // ---- reading what is not there, deleting ----------------------------------------------------

  @Test
  void read_ofNothing_readsNothing() throws Exception {
    LogOwner owner = takeOver();
    int part = owner.log().currentPart();
    assertThat(LogOwner.read(owner.log(), new Range(owner.epoch(), part, 1, 0))).isEmpty();
    owner.commit("a");
    assertThat(LogOwner.read(connect(), new Range(owner.epoch(), part, 2, 1))).isEmpty();
  }

  @Test
  void read_ofWhatIsMissing_isDamage() throws Exception {
    LogOwner owner = takeOver();
    owner.commit("a");
    owner.commit("b");
    int part = owner.log().currentPart();
    CommitLog log = connect();
    for (Range range :
        List.of(
            new Range(owner.epoch(), part, 1, 3),
            new Range(owner.epoch(), part, 3, 3),
            new Range(owner.epoch() + 5, part, 1, 1))) {
      assertThatThrownBy(() -> LogOwner.read(log, range))
          .as(range.toString())
          .isInstanceOf(DamageException.class);
    }
  }

  @Test
  void objects_nameTheStorageOfARange() throws Exception {
    LogOwner owner = takeOver();
    Frame commit = owner.commit("a");
    owner.commit("b");
    Range range = owner.ranges().get(0);
    List<ObjectInfo> objects = connect().objects(range);
    assertThat(objects).isNotEmpty();
    assertThat(objects.stream().mapToLong(ObjectInfo::length).sum())
        .isGreaterThanOrEqualTo(2 * commit.length());
    assertThat(connect().objects(new Range(owner.epoch() + 1, 0, 1, 5))).isEmpty();
  }

  @Test
  void delete_removesARange_andNoSeal() throws Exception {
    LogOwner first = takeOver();
    first.commit("a");
    first.commit("b");
    LogOwner second = takeOver();
    Frame kept = second.commit("c");
    Tip tip = look(connect());
    Seal seal = requireNonNull(connect().sealOf(first.epoch()));
    for (int i = 0; i < 2; i++) {
      for (Range range : first.ranges()) {
        second.log().delete(range);
        assertThat(connect().objects(range)).isEmpty();
        assertThatThrownBy(() -> LogOwner.read(connect(), range))
            .isInstanceOf(DamageException.class);
      }
    }
    assertThat(look(connect())).isEqualTo(tip);
    assertThat(connect().sealOf(first.epoch())).isEqualTo(seal);
    assertThat(first.append(first.draft("late"))).isEqualTo(new Append.Fenced(seal));
    assertThat(read(connect(), second.ranges())).containsExactly(LogOwner.show(kept));
    LogOwner third = takeOver();
    assertThat(third.restored().damages()).isEmpty();
    assertThat(third.commit("d").identity().seq()).isEqualTo(4);
  }

  @Test
  void delete_ofAnOldPart_keepsTheNewestCommit() throws Exception {
    LogOwner owner = takeOver();
    owner.commit("a");
    owner.commit("b");
    owner.startPart();
    Frame newest = owner.commit("c");
    Range old =
        owner.log().manifestInEveryFrame()
            ? new Range(owner.epoch(), 0, 1, 2)
            : owner.ranges().get(0);
    owner.log().delete(old);
    assertThat(connect().objects(old)).isEmpty();
    assertThat(LogOwner.newestCommit(connect().history()))
        .isNotNull()
        .extracting(Frame::identity)
        .isEqualTo(newest.identity());
    owner.commit("d");
    LogOwner next = takeOver();
    assertThat(next.restored().newestVersion()).isEqualTo(4);
    assertThat(next.restored().damages()).isEmpty();
  }

  @Test
  void olderThan_listsWhatOlderEpochsLeft() throws Exception {
    LogOwner first = takeOver();
    Frame commit = first.commit("a");
    takeOver();
    LogOwner third = takeOver();
    third.commit("b");
    third.commit("c");
    CommitLog log = connect();
    assertThat(log.olderThan(1)).isEmpty();
    List<Range> older = log.olderThan(third.epoch());
    assertThat(older).allSatisfy(range -> assertThat(range.epoch()).isLessThan(third.epoch()));
    assertThat(older.stream().filter(range -> range.epoch() == first.epoch())).hasSize(1);
    assertThat(read(log, first.ranges())).containsExactly(LogOwner.show(commit));
    older.forEach(third.log()::delete);
    assertThat(older).allSatisfy(range -> assertThat(log.objects(range)).isEmpty());
    assertThat(log.olderThan(third.epoch())).isEmpty();
    assertThat(log.olderThan(third.epoch() + 1).stream().map(Range::epoch)).contains(third.epoch());
    third.commit("d");
    assertThat(read(log, third.ranges())).hasSize(3);
  }

  @Test
  void closed_andOpenedAgain_itIsTheSameLog() throws Exception {
    LogOwner owner = takeOver();
    Frame commit = owner.commit("a");
    @Nullable Tip tip = owner.log().look();
    List<Range> ranges = owner.ranges();
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
    CommitLog log = connect();
    assertThat(log.look()).isEqualTo(tip);
    assertThat(read(log, ranges)).containsExactly(LogOwner.show(commit));
    assertThat(takeOver().commit("b").identity().seq()).isEqualTo(2);
  }
}
