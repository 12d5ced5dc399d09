package io.pagurus.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.IncompatibleStateException;
import io.pagurus.StoreFailedException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.Append;
import io.pagurus.internal.log.DamageException;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.History;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.Range;
import io.pagurus.internal.log.Seal;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.internal.log.Tip;
import io.pagurus.testkit.FaultyObjectStore.Fault;
import io.pagurus.testkit.FaultyObjectStore.Operation;
import io.pagurus.testkit.FaultyObjectStore.Plan;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a bad network, a bad disk and a bad moment do to slots. */
class SlotLogFaultTest {
  private static final Append DONE = new Append.Done();
  private static final UUID STORE = new UUID(1, 2);

  private final MemoryObjectStore bucket = new MemoryObjectStore();
  private final FaultyObjectStore objects = new FaultyObjectStore(bucket.connect());
  private final SlotLog log = new SlotLog(objects);

  private SlotLog another() {
    return new SlotLog(bucket.connect());
  }

  private String newestSlot() {
    return bucket.list("c/", null, 1).get(0).key();
  }

  private static void assertRetry(Append result, boolean outcomeUnknown) {
    assertThat(result).isInstanceOf(Append.Retry.class);
    assertThat(((Append.Retry) result).outcomeUnknown()).isEqualTo(outcomeUnknown);
  }

  // ---- appending ------------------------------------------------------------------------------

  @Test
  void append_whoseReplyIsLost_isDoneWhenSentAgain() {
    LogOwner owner = LogOwner.takeOver(log);
    Frame commit = owner.draft("a");
    objects.plan(Plan.writes(Fault.LOSE_REPLY, Fault.DROP, Fault.UNAVAILABLE, Fault.REFUSE));
    for (int i = 0; i < 4; i++) {
      assertRetry(owner.append(commit), true);
    }
    assertThat(owner.append(commit)).isEqualTo(DONE);
    assertThat(bucket.list("c/", null, 100)).hasSize(3);
  }

  @Test
  void append_thatIsRefused_isCertainlyNotThere() {
    LogOwner owner = LogOwner.takeOver(log);
    objects.plan(Plan.writes(Fault.REFUSE, Fault.REFUSE));
    Frame commit = owner.draft("a");
    assertRetry(owner.append(commit), false);
    assertRetry(owner.append(commit), false);
    assertThat(owner.append(commit)).isEqualTo(DONE);
  }

  @Test
  void append_whoseSlotCannotBeRead_isNotKnown() {
    LogOwner owner = LogOwner.takeOver(log);
    Frame commit = owner.draft("a");
    objects.plan(Plan.writes(Fault.LOSE_REPLY));
    assertRetry(owner.append(commit), true);
    objects.plan(Plan.reads(Fault.UNAVAILABLE));
    assertRetry(owner.append(commit), true);
    objects.flip(newestSlot(), 8 * 50);
    assertThat(owner.append(commit)).isInstanceOf(Append.Broken.class);
  }

  @Test
  void append_thatArrivesAfterTheSeal_findsIt() {
    LogOwner owner = LogOwner.takeOver(log);
    owner.commit("a");
    Frame late = owner.draft("late");
    objects.plan(Plan.writes(Fault.DELAY));
    assertRetry(owner.append(late), true);
    LogOwner next = LogOwner.takeOver(another());
    objects.deliver();
    assertThat(owner.append(late)).isInstanceOf(Append.Fenced.class);
    next.commit("b");
    assertThat(LogOwner.takeOver(another()).restored().newestVersion()).isEqualTo(2);
  }

  @Test
  void append_thatArrivesBeforeTheSeal_counts() {
    LogOwner owner = LogOwner.takeOver(log);
    Frame late = owner.draft("late");
    objects.plan(Plan.writes(Fault.DELAY));
    assertRetry(owner.append(late), true);
    objects.deliver();
    LogOwner next = LogOwner.takeOver(another());
    assertThat(requireNonNull(LogOwner.newestCommit(next.restored())).identity())
        .isEqualTo(late.identity());
    assertThat(owner.append(late)).isEqualTo(DONE);
    assertThat(owner.append(owner.draft("later"))).isInstanceOf(Append.Fenced.class);
  }

  @Test
  void append_deliveredAgainAfterItWasDeleted_isHarmless() {
    LogOwner owner = LogOwner.takeOver(log);
    objects.plan(Plan.writes(Fault.DUPLICATE));
    Frame first = owner.commit("a");
    owner.commit("b");
    log.delete(new Range(owner.epoch(), 0, 1, 1));
    objects.deliver();
    assertThat(requireNonNull(LogOwner.newestCommit(another().history())).identity().seq())
        .isEqualTo(2);
    assertThat(LogOwner.takeOver(another()).commit("c").identity().seq()).isEqualTo(3);
    assertThat(first.identity().seq()).isEqualTo(1);
  }

  @Test
  void append_intoASlotOfAnotherCommit_stopsTheStore() {
    LogOwner owner = LogOwner.takeOver(log);
    Frame foreign = owner.draft("of a second writer");
    bucket.putIfAbsent("c/7ffffffffffffffd/7ffffffffffffffe", foreign.bytes());
    assertThatThrownBy(() -> owner.append(owner.draft("mine")))
        .isInstanceOf(StoreFailedException.class)
        .hasMessageContaining("c/7ffffffffffffffd/7ffffffffffffffe");
  }

  @Test
  void append_outOfOrder_isRefused() {
    LogOwner owner = LogOwner.takeOver(log);
    Frame one = owner.commit("a");
    owner.commit("b");
    assertThatThrownBy(() -> log.append(one)).isInstanceOf(IllegalArgumentException.class);
    Frame four = LogOwner.takeOver(another()).draft("of another epoch");
    assertThatThrownBy(() -> log.append(four)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> another().append(one)).isInstanceOf(IllegalArgumentException.class);
  }

  // ---- sealing --------------------------------------------------------------------------------

  @Test
  void create_isSentUntilTheAnswerIsClear() {
    Seal first = LogOwner.sealOf(STORE, 0);
    objects.plan(Plan.writes(Fault.DROP, Fault.LOSE_REPLY, Fault.DROP));
    assertThat(log.create(first)).isEqualTo(first);
    objects.plan((operation, key, step) -> Fault.DROP);
    assertThatThrownBy(() -> new SlotLog(objects).create(LogOwner.sealOf(STORE, 0)))
        .isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void seal_isSentUntilTheAnswerIsClear() {
    LogOwner.takeOver(another()).commit("a");
    Seal mine = LogOwner.sealOf(STORE, 2);
    objects.plan(Plan.writes(Fault.DROP, Fault.LOSE_REPLY, Fault.DROP));
    assertThat(log.seal(mine)).isEqualTo(mine);
  }

  @Test
  void seal_withoutAClearAnswer_ownsNothing_andCanBeAskedAgain() {
    LogOwner owner = LogOwner.takeOver(another());
    owner.commit("a");
    Seal mine = LogOwner.sealOf(STORE, 2);
    objects.plan((operation, key, step) -> operation == Operation.PUT ? Fault.DROP : Fault.NONE);
    assertThat(log.seal(mine)).isNull();
    owner.commit("b");
    objects.plan(Plan.writes(Fault.REFUSE));
    assertThatThrownBy(() -> log.seal(mine)).isInstanceOf(StoreUnavailableException.class);
    owner.commit("c");
    assertThat(log.seal(mine)).isEqualTo(mine);
    assertThat(LogOwner.own(log, mine).restored().newestVersion()).isEqualTo(3);
  }

  @Test
  void seal_thatLandsInAHole_ownsNothing() {
    LogOwner owner = LogOwner.takeOver(another());
    owner.commit("a");
    Seal mine = LogOwner.sealOf(STORE, owner.epoch());
    objects.plan(
        (operation, key, step) -> {
          if (operation == Operation.PUT) {
            owner.commit("b");
            owner.commit("c");
            owner.log().delete(new Range(owner.epoch(), 0, 1, 2));
          }
          return Fault.NONE;
        });
    assertThat(log.seal(mine)).isNull();
    owner.commit("d");
    assertThat(requireNonNull(another().look()).epoch()).isEqualTo(owner.epoch());
    objects.plan(Plan.NONE);
    LogOwner next = LogOwner.takeOver(log);
    assertThat(next.restored().newestVersion()).isEqualTo(4);
    assertThat(owner.append(owner.draft("late"))).isInstanceOf(Append.Fenced.class);
  }

  @Test
  void seal_answeredAfterItsEpochWasOver_ownsNothing() {
    LogOwner.takeOver(another()).commit("a");
    Seal mine = LogOwner.sealOf(STORE, 2);
    objects.plan(
        (operation, key, step) ->
            operation == Operation.LIST && step > 0 ? Fault.UNAVAILABLE : Fault.NONE);
    assertThatThrownBy(() -> log.seal(mine)).isInstanceOf(StoreUnavailableException.class);
    LogOwner fast = LogOwner.takeOver(another());
    objects.plan(Plan.NONE);
    fast.commit("b");
    assertThat(log.seal(mine)).isNotEqualTo(mine);
    assertThat(LogOwner.takeOver(log).restored().newestVersion()).isEqualTo(2);
  }

  // ---- damage ---------------------------------------------------------------------------------

  @Test
  void damagedNewestCommit_isReported_andStepsBack() {
    LogOwner owner = LogOwner.takeOver(log);
    Frame good = owner.commit("a");
    owner.commit("b");
    String slot = newestSlot();
    objects.flip(slot, 8 * 110);
    History history = another().history();
    assertThat(history.frames()).hasSize(1);
    assertThat(history.frames().get(0).frame().identity()).isEqualTo(good.identity());
    assertThat(history.damages()).hasSize(1);
    assertThat(history.damages().get(0).object()).isEqualTo(slot);
    assertThat(history.newestVersion()).isEqualTo(2);
    LogOwner next = LogOwner.takeOver(another());
    assertThat(next.commit("c").identity().seq()).as("never again 2").isEqualTo(3);
    assertThat(owner.append(owner.draft("late"))).isInstanceOf(Append.Fenced.class);
    assertThat(another().history().damages()).isEmpty();
  }

  @Test
  void everySlotDamaged_isReported_oldestFirst() {
    LogOwner owner = LogOwner.takeOver(log);
    owner.commit("a");
    String one = newestSlot();
    owner.commit("b");
    String two = newestSlot();
    objects.truncate(one, 70).truncate(two, 0);
    History history = another().history();
    assertThat(history.frames()).isEmpty();
    assertThat(history.damages()).extracting("object").containsExactly(one, two);
    assertThat(history.newestVersion()).isEqualTo(2);
  }

  @Test
  void damagedOnTheWire_isReadAgain() {
    LogOwner owner = LogOwner.takeOver(another());
    owner.commit("a");
    objects.plan(Plan.reads(Fault.NONE, Fault.GARBLE, Fault.GARBLE));
    assertThat(log.history().damages()).isEmpty();
    objects.plan(Plan.reads(Fault.NONE, Fault.GARBLE, Fault.GARBLE, Fault.GARBLE));
    assertThat(log.history().damages()).hasSize(1);
  }

  @Test
  void headerOfTheNewestSlotDamaged_whetherCommitOrSeal_fencesBoth() {
    for (boolean seal : List.of(false, true)) {
      LogOwner before = LogOwner.takeOver(another());
      Frame content = before.commit("a");
      LogOwner possible = seal ? LogOwner.takeOver(another()) : before;
      objects.flip(newestSlot(), 3);
      Tip tip = requireNonNull(another().look());
      assertThat(tip.epoch()).isEqualTo(before.epoch());
      LogOwner next = LogOwner.takeOver(another());
      assertThat(next.epoch()).isGreaterThan(possible.epoch());
      assertThat(possible.append(possible.draft("late"))).isInstanceOf(Append.Fenced.class);
      assertThat(next.restored().damages()).hasSize(1);
      assertThat(next.restored().newestVersion()).isGreaterThanOrEqualTo(content.identity().seq());
      next.commit("c");
      LogOwner.takeOver(another()).commit("d");
    }
  }

  @Test
  void headerOfASealDamaged_itsMakerCommittedAlready_takeOverGoesOn() {
    LogOwner first = LogOwner.takeOver(another());
    first.commit("a");
    LogOwner second = LogOwner.takeOver(another());
    String seal = newestSlot();
    second.commit("b");
    objects.flip(seal, 3);
    Tip tip = requireNonNull(log.look());
    assertThat(tip.epoch()).isEqualTo(second.epoch());
    assertThat(requireNonNull(tip.seal()).epoch()).isLessThan(first.epoch());
    assertThatThrownBy(() -> log.sealOf(first.epoch())).isInstanceOf(DamageException.class);
    LogOwner third = LogOwner.takeOver(log);
    assertThat(third.restored().newestVersion()).isEqualTo(2);
    assertThat(second.append(second.draft("late"))).isInstanceOf(Append.Fenced.class);
    assertThat(first.append(first.draft("late"))).isInstanceOf(Append.Broken.class);
  }

  @Test
  void read_findsEveryKindOfDamage() {
    LogOwner owner = LogOwner.takeOver(log);
    for (int i = 0; i < 12; i++) {
      owner.commit("commit " + i);
    }
    Range range = owner.ranges().get(0);
    List<ObjectInfo> slots = log.objects(range);
    String one = slots.get(4).key();
    String two = slots.get(5).key();
    byte[] whole = objects.content(one);
    objects.flip(one, 900);
    assertDamaged(range, one);
    objects.replace(one, whole).truncate(one, 150);
    assertDamaged(range, one);
    objects.replace(one, whole).swap(one, two);
    assertDamaged(range, one);
    objects.swap(one, two).lose(one);
    assertDamaged(range, one);
    objects.replace(one, whole);
    LogOwner stranger = LogOwner.takeOver(new SlotLog(new MemoryObjectStore()));
    for (int i = 0; i < 12; i++) {
      stranger.commit("same place, another history");
    }
    List<ObjectInfo> strange = stranger.log().objects(stranger.ranges().get(0));
    assertThat(strange.get(4).key()).isEqualTo(one);
    stranger
        .log()
        .read(new Range(2, 0, 5, 5), frame -> objects.replace(one, LogOwner.bytes(frame)));
    assertThatThrownBy(() -> LogOwner.read(another(), range))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining(one);
    objects.replace(one, whole);
    assertThat(LogOwner.read(another(), range)).hasSize(12);
  }

  private void assertDamaged(Range range, String slot) {
    assertThatThrownBy(() -> LogOwner.read(another(), range))
        .isInstanceOfSatisfying(
            DamageException.class, e -> assertThat(e.damage().object()).isEqualTo(slot));
  }

  @Test
  void unavailable_isNeverTakenForDamageOrAbsence() {
    LogOwner owner = LogOwner.takeOver(another());
    owner.commit("a");
    owner.commit("b");
    for (Operation failing : List.of(Operation.GET, Operation.LIST)) {
      objects.plan((operation, key, step) -> operation == failing ? Fault.UNAVAILABLE : Fault.NONE);
      assertThatThrownBy(log::look).isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(log::history).isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() -> log.seal(LogOwner.sealOf(STORE, 2)))
          .isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() -> log.sealOf(1)).isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() -> LogOwner.read(log, owner.ranges().get(0)))
          .isInstanceOf(StoreUnavailableException.class);
    }
    objects.plan((operation, key, step) -> Fault.UNAVAILABLE);
    assertThatThrownBy(() -> log.delete(owner.ranges().get(0)))
        .isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void foreignNames_areOverlooked() {
    bucket.putIfAbsent("c/0000-note");
    bucket.putIfAbsent("c/7ffffffffffffffd/README");
    LogOwner owner = LogOwner.takeOver(log);
    owner.commit("a");
    bucket.putIfAbsent("c/7ffffffffffffffd/0000");
    owner.commit("b");
    LogOwner next = LogOwner.takeOver(another());
    assertThat(next.restored().newestVersion()).isEqualTo(2);
    assertThat(LogOwner.read(log, owner.ranges().get(0))).hasSize(2);
  }
}
