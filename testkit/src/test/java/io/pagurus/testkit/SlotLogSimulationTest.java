package io.pagurus.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.Append;
import io.pagurus.internal.log.Blocks;
import io.pagurus.internal.log.DamageException;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.FrameKind;
import io.pagurus.internal.log.History;
import io.pagurus.internal.log.Range;
import io.pagurus.internal.log.Seal;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.internal.log.Tip;
import io.pagurus.testkit.FaultyObjectStore.Crash;
import io.pagurus.testkit.FaultyObjectStore.Fault;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Several processes that want to own one log, on one thread: before any request of one of them,
 * others may take whole steps. Requests are lost, delayed, repeated; processes die; whoever owns
 * deletes all that is older at once. Each commit carries the ids of all commits before it, so what
 * the last owner reads tells which ones survived.
 */
class SlotLogSimulationTest {
  private static final int ROUNDS = 50;
  private static final int MANY_ROUNDS = 1_000;
  private static final int STEPS = 120;
  private static final int PROCESSES = 3;
  private static final int DEEPEST = 3;
  private static final Fault[] FAULTS = {
    Fault.LOSE_REPLY,
    Fault.DROP,
    Fault.REFUSE,
    Fault.DELAY,
    Fault.DUPLICATE,
    Fault.UNAVAILABLE,
    Fault.GARBLE,
    Fault.CRASH_BEFORE,
    Fault.CRASH_AFTER
  };

  @Test
  void noConfirmedCommitIsEverLost() {
    run(ROUNDS);
  }

  @Test
  @Tag("long")
  void noConfirmedCommitIsEverLost_forLong() {
    run(MANY_ROUNDS);
  }

  private static void run(int rounds) {
    int[] confirmed = {0, 0, 0};
    RandomSeed.run(
        rounds,
        random -> {
          World world = new World(random);
          world.run();
          confirmed[0] += world.confirmed.size();
          confirmed[1] += world.owners;
          confirmed[2] += world.fenced;
        });
    if (Long.getLong(RandomSeed.PROPERTY) == null) { // it must have tested something
      assertThat(confirmed[0]).as("commits").isGreaterThan(10 * rounds);
      assertThat(confirmed[1]).as("owners").isGreaterThan(5 * rounds);
      assertThat(confirmed[2]).as("fenced").isGreaterThan(rounds / 2);
    }
  }

  private static final class World {
    final Random random;
    final MemoryObjectStore bucket = new MemoryObjectStore();
    final List<Process> processes = new ArrayList<>();
    final List<FaultyObjectStore> networks = new ArrayList<>();
    final List<UUID> confirmed = new ArrayList<>();
    final Map<Long, UUID> versions = new HashMap<>();
    int owners;
    int fenced;
    int depth;

    World(Random random) {
      this.random = random;
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(new Process(this));
      }
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step();
      }
      for (FaultyObjectStore network : networks) {
        network.plan(FaultyObjectStore.Plan.NONE);
        while (random.nextInt(4) > 0 && network.inFlight() > 0) {
          network.deliver();
        }
      }
      Process last = new Process(this);
      last.objects.plan(FaultyObjectStore.Plan.NONE);
      while (last.owned == null) {
        last.takeOver();
      }
      for (FaultyObjectStore network : networks) {
        while (network.inFlight() > 0) {
          network.deliver();
        }
      }
      last.commit();
      assertThat(last.state).containsAll(confirmed).doesNotHaveDuplicates();
    }

    void step() {
      int who = random.nextInt(PROCESSES);
      Process process = processes.get(who);
      if (process.busy) {
        return;
      }
      process.busy = true;
      try {
        process.act();
      } catch (StoreUnavailableException | DamageException e) {
        // As the engine would: later, from the beginning.
      } catch (Crash e) {
        processes.set(who, new Process(this));
      } finally {
        process.busy = false;
      }
    }

    /** What a request meets, after others have acted. */
    Fault meanwhile() {
      if (depth < DEEPEST && random.nextInt(4) == 0) {
        depth++;
        for (int i = random.nextInt(4); i >= 0; i--) {
          step();
        }
        depth--;
      }
      if (random.nextInt(12) > 0) {
        return Fault.NONE;
      }
      return FAULTS[random.nextInt(FAULTS.length)];
    }

    void deliver() {
      FaultyObjectStore network = networks.get(random.nextInt(networks.size()));
      if (network.inFlight() > 0) {
        network.deliver();
      }
    }

    void confirm(Frame commit) {
      UUID before = versions.put(commit.identity().seq(), commit.identity().objectId());
      assertThat(before).as("versions never restart").isNull();
      confirmed.add(commit.identity().objectId());
    }
  }

  private static final class Process {
    final World world;
    final FaultyObjectStore objects;
    final SlotLog log;
    boolean busy;
    @Nullable Seal owned;
    @Nullable Frame pending;
    long version;
    List<UUID> state = List.of();

    Process(World world) {
      this.world = world;
      this.objects = new FaultyObjectStore(world.bucket.connect());
      this.objects.plan((operation, key, step) -> world.meanwhile());
      this.log = new SlotLog(objects);
      world.networks.add(objects);
    }

    void act() {
      int dice = world.random.nextInt(10);
      if (dice == 0) {
        world.deliver();
      } else if (owned == null || dice == 1) {
        takeOver();
      } else if (dice < 8) {
        commit();
      } else {
        collectGarbage();
      }
    }

    void takeOver() {
      owned = null;
      pending = null;
      UUID storeId = log.create(LogOwner.sealOf(newId(), 0)).storeId();
      Tip tip = requireNonNull(log.look());
      Seal seal = LogOwner.sealOf(storeId, tip.epoch());
      List<UUID> before = List.copyOf(world.confirmed);
      Seal made = log.seal(seal);
      if (!seal.equals(made)) {
        return;
      }
      History history = log.history();
      if (!history.damages().isEmpty()) {
        return; // three bad reads in a row
      }
      version = history.newestVersion();
      state = history.frames().isEmpty() ? List.of() : state(history.frames().get(0).frame());
      // If it is fenced by now, others may have deleted what it should read.
      if (log.sealOf(tip.epoch() + 1) == null) {
        assertThat(state).containsAll(before);
      }
      owned = seal;
      world.owners++;
    }

    void commit() {
      if (pending == null) {
        pending = draft();
      }
      Append result = log.append(pending);
      if (result instanceof Append.Done) {
        world.confirm(pending);
        state = state(pending);
        version++;
        pending = null;
      } else if (!(result instanceof Append.Retry)) {
        world.fenced++;
        owned = null;
      }
    }

    /** With no grace at all. */
    void collectGarbage() {
      long epoch = requireNonNull(owned).epoch() + 1;
      List<Range> older = log.olderThan(epoch);
      if (version > 0 && !state.isEmpty() && ownsTheNewest(epoch)) {
        older.forEach(log::delete);
        log.delete(new Range(epoch, 0, 1, version - 1));
      }
    }

    /** Whether its own epoch has a commit, so that nothing older is needed. */
    private boolean ownsTheNewest(long epoch) {
      return !log.objects(new Range(epoch, 0, version, version)).isEmpty();
    }

    private Frame draft() {
      Seal seal = requireNonNull(owned);
      ByteBuffer head = ByteBuffer.allocate(16 * state.size());
      state.forEach(
          id -> head.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()));
      UUID previous = state.isEmpty() ? Frame.NO_ID : state.get(state.size() - 1);
      return Frame.of(
          FrameKind.COMMIT,
          new Frame.Identity(
              seal.storeId(), seal.epoch() + 1, version + 1, newId(), previous, Instant.EPOCH),
          head.array(),
          Blocks.NONE);
    }

    private UUID newId() {
      return new UUID(world.random.nextLong(), world.random.nextLong());
    }

    private static List<UUID> state(Frame commit) {
      List<UUID> ids = new ArrayList<>();
      ByteBuffer head = commit.head();
      while (head.hasRemaining()) {
        ids.add(new UUID(head.getLong(), head.getLong()));
      }
      ids.add(commit.identity().objectId());
      return ids;
    }
  }
}
