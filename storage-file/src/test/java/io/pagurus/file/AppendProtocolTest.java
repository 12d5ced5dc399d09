package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.Append;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.History;
import io.pagurus.internal.log.SampleFrames;
import io.pagurus.internal.log.SampleFrames.Commits;
import io.pagurus.internal.log.Seal;
import io.pagurus.testkit.RandomSeed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What an owner is told, and what is left, when the disk does not do what it should. */
class AppendProtocolTest {
  private static final UUID STORE = new UUID(1, 2);
  private static final Path ROOT = Path.of("/data/checkout");

  private final SimulatedDisk disk = new SimulatedDisk(1);
  private final Logs logs = new Logs(disk, ROOT, new SampleFrames(STORE, 1));

  private void assertRestored(Commits expected) {
    History history = logs.open().history();
    assertThat(SampleFrames.restored(history)).isEqualTo(expected);
    assertThat(history.damages()).isEmpty();
  }

  @Test
  void failedForce_breaksTheEpoch_andTheNextOneTakesTheCommit() {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    disk.failNext(SimulatedDisk.Call.FORCE);
    Frame frame = owner.next(100);
    assertThat(owner.log.append(frame)).isInstanceOf(Append.Broken.class);
    assertThat(owner.log.append(frame)).isInstanceOf(Append.Broken.class);
    assertThat(owner.tryStart()).as("nor a new part").isInstanceOf(Append.Broken.class);

    Seal seal = logs.frames.seal(owner.epoch);
    assertThat(owner.log.seal(seal)).isEqualTo(seal);
    owner.accepted(frame);
    owner.epoch++;
    owner.start().commit();
    disk.cutPower();
    assertRestored(owner.commits);
  }

  @Test
  void failedForceOfTheDirectory_breaksTheEpoch() {
    Logs.Owner owner = logs.own();
    disk.failNext(SimulatedDisk.Call.FORCE_DIRECTORY);
    assertThat(owner.tryStart()).isInstanceOf(Append.Broken.class);
    assertThat(owner.tryStart()).isInstanceOf(Append.Broken.class);
    assertThat(owner.log.seal(logs.frames.seal(owner.epoch))).isNotNull();
    owner.epoch++;
    owner.start().commit();
    disk.cutPower();
    assertRestored(owner.commits);
  }

  @Test
  void fullDisk_writesAtTheSameOffsetAgain() {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    disk.mostBytesPerWrite(64);
    Frame frame = owner.next(1_000);
    for (int room = 0; room < frame.length(); room += 100) {
      disk.room(room);
      assertThat(owner.log.append(frame))
          .isInstanceOfSatisfying(
              Append.Retry.class, retry -> assertThat(retry.outcomeUnknown()).isFalse());
      assertRestored(owner.commits);
    }
    disk.room(Long.MAX_VALUE);
    assertThat(owner.log.append(frame)).isEqualTo(new Append.Done());
    owner.accepted(frame);
    owner.commit();
    assertRestored(owner.commits);
  }

  @Test
  void fullDisk_atTheStart_writesTheFirstFrameAgain() {
    Logs.Owner owner = logs.own();
    disk.room(50);
    assertThat(owner.tryStart())
        .isInstanceOfSatisfying(
            Append.Retry.class, retry -> assertThat(retry.outcomeUnknown()).isFalse());
    disk.room(Long.MAX_VALUE);
    owner.start().commit();
    assertThat(owner.log.currentPart()).isZero();
    assertRestored(owner.commits);
  }

  @Test
  void unclearLook_isLookedAtAgain_andNothingIsForcedTwice() {
    Logs.Owner owner = logs.own().start();
    Frame frame = owner.next(100);
    for (SimulatedDisk.Call call :
        List.of(SimulatedDisk.Call.EXISTS, SimulatedDisk.Call.IN_PLACE)) {
      disk.failNext(call);
      assertThat(owner.log.append(frame))
          .isInstanceOfSatisfying(
              Append.Retry.class, retry -> assertThat(retry.outcomeUnknown()).isTrue());
      assertRestored(owner.commits.and(frame.identity().objectId()));
    }
    disk.fault(
        (call, path) ->
            assertThat(call).isIn(SimulatedDisk.Call.EXISTS, SimulatedDisk.Call.IN_PLACE));
    assertThat(owner.log.append(frame)).isEqualTo(new Append.Done());
    disk.fault((call, path) -> {});
    owner.accepted(frame);
    owner.commit();
    assertRestored(owner.commits);
  }

  @Test
  void firstFrameThatMayBeThere_isNotOverwrittenByAnother() {
    Logs.Owner owner = logs.own();
    disk.failNext(SimulatedDisk.Call.EXISTS);
    assertThat(owner.tryStart()).isInstanceOf(Append.Retry.class);
    assertThat(logs.open().history().frames()).hasSize(1);
    owner.commits = owner.commits.and(logs.frames.id());
    owner.start();
    assertThat(owner.log.currentPart()).isEqualTo(1);
    assertRestored(owner.commits);
  }

  @Test
  void fileThatCannotBeCreated_isTriedAgain() {
    Logs.Owner owner = logs.own();
    disk.failNext(SimulatedDisk.Call.CREATE);
    assertThat(owner.tryStart()).isInstanceOf(Append.Retry.class);
    owner.start().commit();
    assertRestored(owner.commits);
  }

  @Test
  void fullDisk_atASeal_isSaid() {
    Logs.Owner owner = logs.own().start();
    Seal seal = logs.frames.seal(owner.epoch);
    disk.room(10);
    assertThatThrownBy(() -> logs.open().seal(seal))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("No space left");
    assertThat(owner.log.sealOf(owner.epoch)).isNull();
    disk.room(Long.MAX_VALUE);
    owner.commit();
    assertThat(logs.open().seal(seal)).isEqualTo(seal);
  }

  @Test
  void sealWhoseNameCannotBeForced_isNoAnswer() {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    AppendFileLog log = logs.open();
    Seal seal = logs.frames.seal(owner.epoch);
    AtomicInteger forces = new AtomicInteger();
    disk.fault(
        (call, path) -> {
          boolean forced = call == SimulatedDisk.Call.FORCE_DIRECTORY && path.endsWith("c");
          if (forced && forces.getAndIncrement() > 0) { // the first one is before the link
            throw new IOException("simulated");
          }
        });
    assertThat(log.seal(seal)).isNull();
    disk.fault((call, path) -> {});
    assertThat(log.seal(seal)).as("forcing it again proves nothing").isNull();
    assertThat(Objects.requireNonNull(log.look()).epoch()).isEqualTo(owner.epoch + 1);
    Logs.Owner next = logs.own(log).start();
    assertThat(next.commits).isEqualTo(owner.commits);
    assertThat(owner.log.append(owner.next(1))).isInstanceOf(Append.Fenced.class);
  }

  /** Whatever call of the owner a take-over comes before, one of the two sees the other. */
  @Test
  void takeOver_beforeAnyCall_losesNoConfirmedCommit() {
    for (int before = 1; ; before++) {
      SimulatedDisk one = new SimulatedDisk(before);
      Logs both = new Logs(one, ROOT, new SampleFrames(STORE, before));
      Logs.Owner owner = both.own().start();
      owner.commit();
      AtomicInteger calls = new AtomicInteger(before);
      AtomicReference<Logs.Owner> taker = new AtomicReference<>();
      one.fault(
          (call, path) -> {
            if (calls.decrementAndGet() == 0) {
              taker.set(both.own().start());
            }
          });
      Frame frame = owner.next(1_000);
      Append result = owner.log.append(frame);
      Logs.Owner next = taker.get();
      if (next == null) {
        assertThat(before).as("the take-over came before some call").isGreaterThan(4);
        return;
      }
      if (result instanceof Append.Done) {
        owner.accepted(frame);
      } else {
        assertThat(result).isInstanceOf(Append.Fenced.class);
      }
      assertThat(next.commits.ids()).containsAll(owner.commits.ids());
      next.commit();
      both.own().start();
      assertThat(owner.log.append(owner.next(1))).isInstanceOf(Append.Fenced.class);
    }
  }

  /** Faults and power cuts at random; what was confirmed is there, in its order. */
  @Test
  void powerCut_anyTime_losesNoConfirmedCommit() {
    RandomSeed.run(200, AppendProtocolTest::life);
  }

  private static void life(Random random) {
    SimulatedDisk disk = new SimulatedDisk(random.nextLong());
    Logs logs = new Logs(disk, ROOT, new SampleFrames(STORE, random.nextLong()));
    List<UUID> confirmed = new ArrayList<>();
    for (int life = 0; life < 6; life++) {
      Logs.Owner owner = logs.own(logs.open(8_000));
      assertThat(owner.history.damages()).isEmpty();
      assertThat(owner.commits.ids()).containsSubsequence(confirmed);
      disk.mostBytesPerWrite(random.nextBoolean() ? Integer.MAX_VALUE : 200);
      int rate = 5 + random.nextInt(60);
      disk.fault(
          (call, path) -> {
            boolean writes =
                switch (call) {
                  case WRITE, FORCE, EXISTS, IN_PLACE, CREATE, LINK -> true;
                  case FORCE_DIRECTORY -> path.endsWith("c");
                  default -> false;
                };
            if (writes && random.nextInt(rate) == 0) {
              throw new IOException("simulated: " + call + " " + path);
            }
          });
      int commits = 1 + random.nextInt(25);
      if (began(owner)) {
        confirmed.addAll(newIn(owner, confirmed)); // what OPEN carried is durable now
        for (int i = 0; i < commits; i++) {
          if (owner.log.partIsFull() && !began(owner)) {
            break;
          }
          if (!committed(owner, owner.next(random.nextInt(1_500)))) {
            break;
          }
          confirmed.add(owner.commits.newest());
        }
      }
      disk.cutPower();
    }
    assertThat(logs.own().commits.ids()).containsSubsequence(confirmed);
  }

  private static List<UUID> newIn(Logs.Owner owner, List<UUID> known) {
    List<UUID> ids = new ArrayList<>(owner.commits.ids());
    ids.removeAll(known);
    return ids;
  }

  /** As an engine: tries again, and goes on in the next epoch when this one is broken. */
  private static boolean began(Logs.Owner owner) {
    for (int tries = 0; tries < 20; tries++) {
      Append result = owner.tryStart();
      if (result instanceof Append.Done) {
        return true;
      }
      if (result instanceof Append.Broken && !nextEpoch(owner)) {
        return false;
      }
    }
    return false;
  }

  private static boolean committed(Logs.Owner owner, Frame frame) {
    for (int tries = 0; tries < 20; tries++) {
      Append result = owner.log.append(frame);
      if (result instanceof Append.Done) {
        owner.accepted(frame);
        return true;
      }
      if (result instanceof Append.Broken) {
        owner.accepted(frame);
        return nextEpoch(owner) && began(owner);
      }
      assertThat(result).isInstanceOf(Append.Retry.class);
    }
    return false;
  }

  private static boolean nextEpoch(Logs.Owner owner) {
    SampleFrames frames = owner.frames();
    for (int tries = 0; tries < 20; tries++) {
      long epoch = Objects.requireNonNull(owner.log.look()).epoch();
      Seal seal = frames.seal(epoch);
      try {
        if (seal.equals(owner.log.seal(seal))) {
          owner.epoch = epoch + 1;
          return true;
        }
      } catch (StoreUnavailableException e) {
        continue;
      }
    }
    return false;
  }
}
