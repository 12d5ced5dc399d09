package io.pagurus.testkit.simulation;

import static io.pagurus.testkit.simulation.CommitTree.check;

import io.pagurus.Checkpoint;
import io.pagurus.CorruptStateException;
import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.LogBackend;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.Workers;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.CommitResult;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StoreHead;
import io.pagurus.testkit.RandomSeed;
import io.pagurus.testkit.simulation.CommitTree.Kept;
import io.pagurus.testkit.simulation.CommitTree.Node;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One history: some owners of one store who open it, commit, try again, die and open it again.
 *
 * <p>What is checked, at every opening and at the end:
 *
 * <ol>
 *   <li>the state is exactly that behind one commit, its checkpoints included;
 *   <li>every acknowledged commit is in it, and all of them follow each other;
 *   <li>what was certainly not stored, and what was sent after its sender was fenced, is not;
 *   <li>nothing is ever called damaged, and no store becomes one that cannot be opened.
 * </ol>
 */
public final class BackendHistory {
  private final Simulation simulation;
  private final SimulatedMachine machine;
  private final CommitTree tree = new CommitTree();
  private final Tally tally;
  private final LogSettings settings;
  private final int resends;
  private int processes;
  private int checkpoints;

  private BackendHistory(Simulation simulation, SimulatedMachine.Maker maker, Tally tally) {
    this.tally = tally;
    this.simulation = simulation;
    this.machine = maker.make(simulation);
    int[] tails = {1, 300, 800, 2_000};
    this.settings =
        new LogSettings(
                tails[simulation.pick(4)],
                tails[simulation.pick(4)],
                150 + simulation.pick(600),
                1 + simulation.pick(600),
                simulation.pick(3) > 0 ? Duration.ZERO : Duration.ofMillis(simulation.pick(300)),
                simulation.pick(3) * simulation.pick(5))
            .withTailCommits(1 + simulation.pick(20), 1 + simulation.pick(40))
            .with(
                new LogSettings.Restore(
                    simulation.pick(3) > 0 ? 0 : Long.MAX_VALUE,
                    1 + simulation.pick(3),
                    30 + simulation.pick(400),
                    simulation.pick(3)));
    this.resends = 2 + simulation.pick(12);
  }

  /**
   * Runs histories until {@code most} of them were run, or the time is over; or the one that {@link
   * RandomSeed#PROPERTY} names.
   *
   * @throws AssertionError when one fails; names its seed and tells its story
   */
  public static Tally run(int most, Duration time, SimulatedMachine.Maker maker) {
    long end = System.nanoTime() + time.toNanos();
    Long fixed = Long.getLong(RandomSeed.PROPERTY);
    Random seeds = new Random();
    Tally tally = new Tally();
    ExecutorService threads = threads();
    try {
      while (tally.of("histories") < (fixed == null ? most : 1) && System.nanoTime() < end) {
        run(fixed == null ? seeds.nextLong() : fixed, threads, maker, tally);
        tally.count("histories");
      }
      return tally;
    } finally {
      threads.shutdown();
    }
  }

  private static ExecutorService threads() {
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task, "simulation");
          thread.setDaemon(true);
          return thread;
        });
  }

  private static void run(
      long seed, ExecutorService threads, SimulatedMachine.Maker maker, Tally tally) {
    try {
      run(new Simulation(seed, threads, false), maker, tally);
    } catch (AssertionError first) {
      Simulation again = new Simulation(seed, threads, true);
      Throwable cause = first;
      String same = "a second run of it went well: it is not deterministic";
      try {
        run(again, maker, new Tally());
      } catch (AssertionError second) {
        cause = second;
        same = "";
      }
      throw new AssertionError(
          "History "
              + seed
              + " (repeat with -Dpagurus.seed="
              + seed
              + "): "
              + cause.getMessage()
              + "\n"
              + same
              + "\n"
              + String.join("\n", again.trace()),
          cause);
    }
  }

  private static void run(Simulation simulation, SimulatedMachine.Maker maker, Tally tally) {
    new BackendHistory(simulation, maker, tally).run();
  }

  private void run() {
    simulation.outside(machine::outside);
    int[] crashes = {0, 400, 120, 50, 25};
    int[] sleeps = {0, 300, 100, 40};
    int[] switches = {1, 5, 20, 60, 100};
    simulation.trace(settings.toString());
    simulation.storm(
        50 + simulation.pick(900),
        crashes[simulation.pick(5)],
        sleeps[simulation.pick(4)],
        switches[simulation.pick(5)]);
    int actors = 1 + simulation.pick(3);
    for (int actor = 0; actor < actors; actor++) {
      String name = "ABC".substring(actor, actor + 1);
      simulation.add(() -> live(name));
    }
    simulation.run();
    simulation.calm();
    machine.calm();
    simulation.add(() -> checkEnd());
    simulation.run();
  }

  // ---- the end ----------------------------------------------------------------------------------

  private void checkEnd() {
    for (int round = 0; round < 2; round++) {
      try (Life life = new Life("end" + round)) {
        Node end = life.own();
        tree.checkHistory(end);
        for (Kept kept : end.checkpoints) {
          life.commit(life.restore(kept.checkpoint().id()));
          CommitTree.checkContent(life.backend, life.last);
        }
        life.commit(life.something());
        CommitTree.checkContent(life.backend, life.last);
      }
    }
    try (Life life = new Life("reader")) {
      life.look();
    }
  }

  // ---- an owner ---------------------------------------------------------------------------------

  private void live(String name) {
    while (!simulation.isOver()) {
      try {
        live(new Life(name + ++processes));
      } catch (Crash crash) {
        tally.count("crashed");
        simulation.trace("starts again");
      } catch (StoreUnavailableException e) {
        simulation.trace("cannot reach the storage: " + e.getMessage());
      }
    }
  }

  private void live(Life life) {
    try {
      if (simulation.once(4)) {
        life.look();
      } else {
        life.own();
        int commits = simulation.pick(25);
        for (int i = 0; i < commits && life.goesOn; i++) {
          life.someStep(i == commits - 1);
        }
      }
    } catch (StoreUnavailableException e) {
      simulation.trace("gives up: " + e.getMessage());
    } catch (CorruptStateException e) {
      life.mayMissSomething(e);
    }
    if (simulation.once(2)) {
      try {
        life.close();
      } catch (StoreUnavailableException e) {
        simulation.trace("could not close: " + e);
      }
    }
    simulation.crash(life.process);
  }

  private final class Life implements AutoCloseable {
    private final Simulation.Process process;
    private final Clock clock = simulation.clock();
    private final LogBackend backend;
    private int deletesBefore;
    private Node last = tree.newest();
    private long epoch;
    private boolean goesOn = true;
    private boolean lost;

    Life(String name) {
      process = simulation.process(name);
      OwnerId self =
          new OwnerId(
              new UUID(simulation.seed(), simulation.seed()),
              processes,
              name,
              "",
              Instant.EPOCH,
              clock.instant());
      Workers workers = process.workers();
      backend =
          new LogBackend(
              machine.open(process, self, workers, settings),
              new BackendRequest(
                  null,
                  "simulated",
                  self,
                  OwnershipPolicy.TAKE_OVER,
                  Duration.ofMillis(500),
                  Duration.ofMillis(100),
                  DamagePolicy.FAIL,
                  false,
                  clock),
              workers);
      deletesBefore = machine.deletesByOthers(process);
    }

    /** Others may delete what is old while it is read. */
    void mayMissSomething(CorruptStateException e) {
      if (machine.deletesByOthers(process) == deletesBefore) {
        throw e;
      }
      tally.count("missed what others deleted");
      simulation.trace("misses what was deleted: " + e.getMessage());
    }

    Node own() {
      Node atLeast = tree.newest();
      deletesBefore = machine.deletesByOthers(process);
      StoreHead head = backend.acquire();
      tally.count("owned");
      simulation.trace("owns " + head);
      last = tree.find(head, atLeast);
      epoch = head.epoch();
      check(backend.recovery().damage() == null, "damage: " + backend.recovery());
      if (simulation.isCalm() || simulation.pick(2) == 0) {
        checkContent();
      }
      tree.served(last);
      return last;
    }

    void look() {
      Node atLeast = tree.newest();
      deletesBefore = machine.deletesByOthers(process);
      StoreHead head = backend.view();
      tally.count("viewed");
      simulation.trace("sees " + head);
      Node seen = tree.find(head, atLeast);
      check(backend.recovery().damage() == null, "damage: " + backend.recovery());
      if (head.epoch() == 0) {
        return; // nothing to look at
      }
      CommitTree.checkContent(backend, seen);
      if (!machine.forgets()) {
        tree.served(seen);
      }
    }

    void someStep(boolean lastOne) {
      if (simulation.once(8)) {
        ask();
      }
      if (simulation.once(8)) {
        process.step("does nothing");
      }
      commit(lastOne && simulation.once(3) ? goodbye() : something());
      if (goesOn && simulation.once(4)) {
        checkContent();
      }
    }

    /** Where the state comes lazily, a read may fail. */
    private void checkContent() {
      boolean lazy = backend.readsMayWait();
      try {
        CommitTree.checkContent(backend, last);
        tally.count(lazy ? "read lazily" : "read");
      } catch (StoreUnavailableException e) {
        if (!lazy) {
          throw e;
        }
        tally.count("not read");
        simulation.trace("cannot read: " + e.getMessage());
      }
    }

    private void ask() {
      try {
        String owner = backend.currentOwnerUnless(epoch);
        simulation.trace("asks who owns it: " + (owner == null ? "I do" : owner));
        lost |= owner != null;
      } catch (StoreUnavailableException e) {
        simulation.trace("asks who owns it: " + e.getMessage());
      }
    }

    // ---- commits

    /** Sends it until the answer is definite, or it gives up. */
    void commit(Commit commit) {
      Node node = tree.add(last, commit);
      boolean unknown = false;
      boolean lostBefore = lost;
      deletesBefore = machine.deletesByOthers(process);
      for (int tries = 0; ; tries++) {
        if (simulation.isTracing()) {
          simulation.trace("sends " + node + " " + describe(commit));
        }
        node.impossible = null;
        CommitResult result = send(commit);
        simulation.trace(node + ": " + result);
        tally.count(result.getClass().getSimpleName());
        if (result instanceof CommitResult.Committed && commit.restoreTo() != null) {
          tally.count("restored");
        }
        if (result instanceof CommitResult.Committed) {
          check(!lostBefore, "acknowledged " + node + " although it lost the store");
          tree.acknowledge(node);
          if (!commit.newCheckpoints().isEmpty()) {
            tally.count("checkpoints");
          }
          last = node;
          if (simulation.once(10)) {
            check(send(commit).equals(result), "another answer to the same commit");
          }
          return;
        }
        if (result instanceof CommitResult.Fenced) {
          fenced();
          return;
        }
        if (result instanceof CommitResult.Rejected rejected) {
          goesOn = false;
          node.impossible = unknown ? null : "it was rejected";
          if (rejected.cause() instanceof CorruptStateException e) {
            mayMissSomething(e);
            return;
          }
          throw new AssertionError(rejected.toString(), rejected.cause());
        }
        unknown |= ((CommitResult.TryAgain) result).outcomeUnknown();
        if (!unknown) {
          node.impossible = "it was certainly not stored";
        }
        if (tries > 20 || simulation.once(resends)) {
          check(!simulation.isCalm(), "no definite answer: " + result);
          goesOn = false;
          return;
        }
        if (simulation.once(8)) {
          ask();
        }
      }
    }

    private CommitResult send(Commit commit) {
      return backend.commit(commit);
    }

    private void fenced() {
      check(!simulation.isCalm(), "fenced by nobody");
      goesOn = false;
      for (int more = simulation.pick(3); more > 0; more--) {
        Node late = tree.add(last, something());
        late.impossible = "its owner was fenced before it was sent";
        CommitResult result = send(Objects.requireNonNull(late.commit));
        check(result instanceof CommitResult.Fenced, "fenced, and then " + result);
      }
    }

    private Commit goodbye() {
      return commit(List.of(), List.of(), List.of(), List.of(), null, true);
    }

    private Commit restore(String id) {
      Checkpoint undo =
          new Checkpoint(
              "undo" + ++checkpoints,
              "before-restore-" + last.version,
              last.version,
              clock.instant());
      return commit(
          List.of(), someChanges(simulation.pick(2)), List.of(undo), List.of(), id, false);
    }

    private Commit something() {
      List<Kept> kept = last.checkpoints;
      int dice = simulation.pick(100);
      if (dice < 10 && !kept.isEmpty()) {
        return restore(kept.get(simulation.pick(kept.size())).checkpoint().id());
      }
      List<Integer> clears = new ArrayList<>();
      if (dice < 20) {
        clears.add(1 + simulation.pick(CommitTree.SPACES));
      }
      List<Checkpoint> made = new ArrayList<>();
      if (dice % 10 < 2) {
        made.add(
            new Checkpoint(
                "c" + ++checkpoints,
                dice % 2 == 0 ? null : "label",
                last.version + 1,
                clock.instant()));
      }
      List<String> dropped = new ArrayList<>();
      if (dice % 10 > 7 && !kept.isEmpty()) {
        dropped.add(kept.get(simulation.pick(kept.size())).checkpoint().id());
      }
      return commit(clears, someChanges(simulation.pick(5)), made, dropped, null, false);
    }

    private List<Change> someChanges(int most) {
      List<Change> changes = new ArrayList<>();
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < most; i++) {
        int space = 1 + simulation.pick(CommitTree.SPACES);
        String key = "key" + simulation.pick(6);
        if (keys.contains(space + key)) {
          continue;
        }
        keys.add(space + key);
        boolean remove = simulation.pick(4) == 0;
        changes.add(new Change(space, utf8(key), remove ? null : value()));
      }
      return changes;
    }

    private byte[] value() {
      int length = simulation.pick(8) == 0 ? simulation.pick(900) : simulation.pick(40);
      StringBuilder value = new StringBuilder("v" + (last.version + 1) + "-");
      for (int i = 0; i < length; i++) {
        value.append((char) ('a' + simulation.pick(26)));
      }
      return utf8(value.toString());
    }

    private Commit commit(
        List<Integer> clears,
        List<Change> changes,
        List<Checkpoint> made,
        List<String> dropped,
        @Nullable String restoreTo,
        boolean release) {
      return new Commit(
          epoch,
          last.version + 1,
          new UUID(simulation.seed(), simulation.seed()),
          clock.instant(),
          clears,
          changes,
          made,
          dropped,
          restoreTo,
          release);
    }

    @Override
    public void close() {
      backend.close();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String describe(Commit commit) {
    Supplier<String> entries =
        () -> {
          StringBuilder all = new StringBuilder();
          commit
              .changes()
              .forEach(
                  change ->
                      all.append(' ')
                          .append(change.space())
                          .append('/')
                          .append(CommitTree.text(change.key()))
                          .append(change.value() == null ? " removed" : ""));
          return all.toString();
        };
    return "clears "
        + commit.clears()
        + " changes"
        + entries.get()
        + " checkpoints "
        + commit.newCheckpoints().stream().map(Checkpoint::id).toList()
        + " drops "
        + commit.droppedCheckpoints()
        + (commit.restoreTo() == null ? "" : " restores " + commit.restoreTo())
        + (commit.release() ? " releases" : "");
  }
}
