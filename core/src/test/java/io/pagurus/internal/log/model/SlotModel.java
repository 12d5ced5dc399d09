package io.pagurus.internal.log.model;

import io.pagurus.internal.log.model.Explorer.Steps;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commit log in slots: one write-once object per commit, create-if-absent, and a SEAL in the
 * slot behind the last commit that takes an epoch from its owner.
 *
 * <h2>What is modelled</h2>
 *
 * <ul>
 *   <li>Writers that take over whenever they like, an empty store included, and then commit a few
 *       times. A writer that no longer moves is a killed or a paused one: every prefix of every run
 *       is visited.
 *   <li>A request that was sent once stays under way for ever: a copy may arrive at any later time,
 *       any number of times, its reply lost. That is delay, duplication, and loss of the reply; a
 *       request that never arrives is its loss. An owner stays at one commit until the answer is
 *       definite; what it sends again are the same bytes, thus another copy.
 *   <li>A writer whose SEAL met a commit begins again, or goes on behind that commit without a
 *       listing, as who takes over from a busy owner does.
 *   <li>LIST and GET are separate requests: what was listed may be gone, or another, when it is
 *       read.
 *   <li>Deletes at any time and of any slot that is not the newest of its epoch, as soon as there
 *       is a later commit; a superset of what trash lists ask for, delayed deletes included.
 * </ul>
 *
 * <h2>What is left out, and why it may be</h2>
 *
 * <ul>
 *   <li>A reply is received in the instant in which its request is carried out. Receiving changes
 *       nothing that others see, so a late reply is an early one with a pause behind it; an early
 *       acknowledgement demands more of everyone else.
 *   <li>A slot holds the set of all commits up to it. Names are never used twice with other
 *       content, so reading the base of a commit late gives what reading it early gave, or fails.
 *   <li>Policies and leases: they only say how long to wait, and here nobody waits.
 *   <li>A writer that lost its ownership does not come back: as a new writer it is one more.
 *   <li>Writer 2 does not start before writer 1: before they start they are alike.
 * </ul>
 */
final class SlotModel implements Explorer.Model<SlotModel.Store> {
  /** Rules of the protocol that can be left out, to see that they are needed. */
  enum Without {
    /** After the SEAL is in place: LIST whether it is the newest slot of its epoch. */
    VERIFY,
    /**
     * After the newest slot was read as a SEAL: LIST whether it is still the newest slot. What was
     * listed may have been a commit that is deleted since, and the SEAL one that came late and fell
     * into the hole.
     */
    SECOND_LIST,
    /** The newest slot of an epoch is never deleted, thus no SEAL that counts. */
    SEALS_KEPT
  }

  enum Step implements Explorer.Step {
    LIST("%s lists: the newest slot is %s"),
    LIST_NOTHING("%s lists: there is no slot, its SEAL shall go to %s"),
    READ_COMMIT("%s reads a commit, its SEAL shall go to %s"),
    READ_SEAL("%s reads a SEAL in %s"),
    READ_NOTHING("%s reads %s, which is gone"),
    LIST_SAME("%s lists again: the SEAL is the newest, its own shall go to %s"),
    LIST_NEWER("%s lists again: the SEAL in %s is not the newest"),
    SEAL("%s creates its SEAL in %s"),
    SEAL_EXISTS("%s is told that %s exists, its SEAL was not created"),
    SEAL_MINE("%s reads %s: its own SEAL"),
    SEAL_OTHER("%s reads %s: not its own SEAL"),
    SEAL_GONE("%s reads %s: gone"),
    FOLLOW("%s follows the owner from commit to commit: its SEAL shall go to %s now"),
    VERIFY("%s lists: its SEAL in %s is the newest of the epoch, it owns the next one"),
    VERIFY_FAILS("%s lists: its SEAL in %s is not the newest of the epoch"),
    SEND("%s sends a commit to %s"),
    COMMIT("%s creates its commit in %s and acknowledges it"),
    COMMIT_EXISTS("%s is told that %s exists, its commit was not created"),
    COMMIT_MINE("%s reads %s: its own commit, it acknowledges it"),
    COMMIT_GONE("%s reads %s: gone"),
    FENCED("%s reads %s: not its own commit, it stops"),
    LATE_SEAL("a copy of a SEAL of %s arrives at %s, no reply"),
    LATE_COMMIT("a copy of a commit of %s arrives at %s, no reply"),
    DELETE("%s deletes %s");

    private final String text;

    Step(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /** Where a writer stands; from {@link #OWNER} on it has restored a history. */
  private enum Phase {
    IDLE,
    LISTS,
    READS,
    LISTS_AGAIN,
    SEALS,
    READS_SEAL,
    VERIFIES,
    OWNER,
    COMMITS,
    READS_COMMIT,
    STOPPED
  }

  private static final Phase[] PHASES = Phase.values();

  private static final int NOTHING = 0;
  private static final int COMMIT = 1;
  private static final int SEAL = 2;

  private final int writers;
  private final int commits;
  private final Set<Without> without;
  private final int places;
  private final String[] placeNames;
  private final String[] writerNames;

  SlotModel(int writers, int commits, Without... without) {
    this.writers = writers;
    this.commits = commits;
    this.without = Set.of(without);
    this.places = 1 + writers * (commits + 1);
    this.placeNames = new String[places];
    for (int place = 0; place < places; place++) {
      placeNames[place] = "(" + epoch(place) + "," + (place == 0 ? 0 : number(place)) + ")";
    }
    this.writerNames = new String[writers];
    for (int writer = 0; writer < writers; writer++) {
      writerNames[writer] = "W" + (writer + 1);
    }
  }

  /** Sets of commits are bits, commit k (from 1) of a writer is one of them. */
  final class Store implements Explorer.State<Store> {
    /** Kind, writer and the commits up to here, in each place. */
    private final int[] kind = new int[places];

    private final int[] by = new int[places];
    private final int[] holds = new int[places];

    private final Phase[] phase = new Phase[writers];

    /** The place that the writer listed, or that of its SEAL. */
    private final int[] at = new int[writers];

    /** What the writer found there; once it is owner: what it restored. */
    private final int[] base = new int[writers];

    private final int[] acknowledged = new int[writers];

    /** SEALs under way: 0 or 1 + the commits of the base. */
    private final int[][] sealsSent = new int[writers][places];

    Store() {
      Arrays.fill(phase, Phase.IDLE);
    }

    @Override
    public Store copy() {
      Store copy = new Store();
      System.arraycopy(kind, 0, copy.kind, 0, places);
      System.arraycopy(by, 0, copy.by, 0, places);
      System.arraycopy(holds, 0, copy.holds, 0, places);
      System.arraycopy(phase, 0, copy.phase, 0, writers);
      System.arraycopy(at, 0, copy.at, 0, writers);
      System.arraycopy(base, 0, copy.base, 0, writers);
      System.arraycopy(acknowledged, 0, copy.acknowledged, 0, writers);
      for (int writer = 0; writer < writers; writer++) {
        System.arraycopy(sealsSent[writer], 0, copy.sealsSent[writer], 0, places);
      }
      return copy;
    }

    @Override
    public void pack(Packed fields) {
      int all = writers * commits;
      fields.fields(kind, 2);
      fields.fields(by, 2);
      fields.fields(holds, all);
      fields.fields(phase, PHASES, 4);
      fields.fields(at, 4);
      fields.fields(base, all);
      fields.fields(acknowledged, 2);
      for (int[] sent : sealsSent) {
        fields.fields(sent, all + 1);
      }
    }

    private int newest() {
      int place = places - 1;
      while (place >= 0 && kind[place] == NOTHING) {
        place--;
      }
      return place;
    }

    private boolean isNewestOfEpoch(int place) {
      for (int next = place + 1; next < places && epoch(next) == epoch(place); next++) {
        if (kind[next] != NOTHING) {
          return false;
        }
      }
      return true;
    }

    private boolean isBeforeACommit(int place) {
      for (int next = place + 1; next < places; next++) {
        if (kind[next] == COMMIT) {
          return true;
        }
      }
      return false;
    }

    private boolean isOwner(int writer) {
      return phase[writer].compareTo(Phase.OWNER) >= 0;
    }

    private int sent(int writer) {
      return acknowledged[writer] + (phase[writer].compareTo(Phase.OWNER) > 0 ? 1 : 0);
    }

    private Store phase(int writer, Phase next) {
      phase[writer] = next;
      return this;
    }

    private Store startAgain(int writer) {
      at[writer] = 0;
      base[writer] = 0;
      return phase(writer, Phase.LISTS);
    }

    private Store sendSeal(int writer, int place, int from) {
      at[writer] = place;
      base[writer] = 0;
      sealsSent[writer][place] = 1 + from;
      return phase(writer, Phase.SEALS);
    }

    private void createSeal(int writer, int place) {
      kind[place] = SEAL;
      by[place] = writer;
      holds[place] = sealsSent[writer][place] - 1;
    }

    private void createCommit(int writer, int commit) {
      int place = commitPlace(this, writer, commit);
      kind[place] = COMMIT;
      by[place] = writer;
      holds[place] = upTo(this, writer, commit);
    }

    private Store acknowledge(int writer) {
      acknowledged[writer]++;
      return phase(writer, Phase.OWNER);
    }

    private Store delete(int place) {
      kind[place] = NOTHING;
      by[place] = 0;
      holds[place] = 0;
      return this;
    }
  }

  @Override
  public Store initial() {
    return new Store();
  }

  private int epoch(int place) {
    return place == 0 ? 0 : 1 + (place - 1) / (commits + 1);
  }

  private int number(int place) {
    return 1 + (place - 1) % (commits + 1);
  }

  private int place(int epoch, int number) {
    return 1 + (epoch - 1) * (commits + 1) + number - 1;
  }

  private int ownedEpoch(Store store, int writer) {
    return epoch(store.at[writer]) + 1;
  }

  private int commitPlace(Store store, int writer, int commit) {
    return place(ownedEpoch(store, writer), commit);
  }

  private int bit(int writer, int commit) {
    return 1 << (writer * commits + commit - 1);
  }

  private int upTo(Store store, int writer, int commit) {
    int all = store.base[writer];
    for (int k = 1; k <= commit; k++) {
      all |= bit(writer, k);
    }
    return all;
  }

  @Override
  public void steps(Store from, Steps<Store> steps) {
    for (int writer = 0; writer < writers; writer++) {
      if (writer == 0 || from.phase[writer - 1] != Phase.IDLE) {
        ownSteps(from, writer, steps);
      }
      lateCopies(from, writer, steps);
    }
    deletes(from, steps);
  }

  private void ownSteps(Store from, int writer, Steps<Store> steps) {
    switch (from.phase[writer]) {
      case IDLE, LISTS -> list(from, writer, steps);
      case READS -> read(from, writer, steps);
      case LISTS_AGAIN -> listAgain(from, writer, steps);
      case SEALS -> seal(from, writer, steps);
      case READS_SEAL -> readSeal(from, writer, steps);
      case VERIFIES -> verify(from, writer, steps);
      case OWNER -> send(from, writer, steps);
      case COMMITS -> commit(from, writer, steps);
      case READS_COMMIT -> readCommit(from, writer, steps);
      case STOPPED -> {}
    }
  }

  private void list(Store from, int writer, Steps<Store> steps) {
    Store to = from.copy();
    int newest = from.newest();
    if (newest < 0) {
      add(steps, to.sendSeal(writer, 0, 0), Step.LIST_NOTHING, writer, 0);
    } else {
      to.at[writer] = newest;
      add(steps, to.phase(writer, Phase.READS), Step.LIST, writer, newest);
    }
  }

  private void read(Store from, int writer, Steps<Store> steps) {
    Store to = from.copy();
    int place = from.at[writer];
    if (from.kind[place] == NOTHING) {
      add(steps, to.startAgain(writer), Step.READ_NOTHING, writer, place);
    } else if (from.kind[place] == COMMIT) {
      to.sendSeal(writer, place + 1, from.holds[place]);
      add(steps, to, Step.READ_COMMIT, writer, place + 1);
    } else {
      to.base[writer] = from.holds[place];
      add(steps, to.phase(writer, Phase.LISTS_AGAIN), Step.READ_SEAL, writer, place);
    }
  }

  private void listAgain(Store from, int writer, Steps<Store> steps) {
    Store to = from.copy();
    int place = from.at[writer];
    if (!from.isNewestOfEpoch(place) && !without.contains(Without.SECOND_LIST)) {
      add(steps, to.startAgain(writer), Step.LIST_NEWER, writer, place);
    } else if (epoch(place) < writers) {
      int next = place(epoch(place) + 1, 1);
      to.sendSeal(writer, next, from.base[writer]);
      add(steps, to, Step.LIST_SAME, writer, next);
    }
  }

  private void seal(Store from, int writer, Steps<Store> steps) {
    Store to = from.copy();
    int place = from.at[writer];
    if (from.kind[place] == NOTHING) {
      to.createSeal(writer, place);
      add(steps, to.phase(writer, Phase.VERIFIES), Step.SEAL, writer, place);
    } else {
      add(steps, to.phase(writer, Phase.READS_SEAL), Step.SEAL_EXISTS, writer, place);
    }
  }

  private void readSeal(Store from, int writer, Steps<Store> steps) {
    Store to = from.copy();
    int place = from.at[writer];
    if (from.kind[place] == NOTHING) {
      add(steps, to.phase(writer, Phase.SEALS), Step.SEAL_GONE, writer, place);
    } else if (from.kind[place] == SEAL && from.by[place] == writer) {
      add(steps, to.phase(writer, Phase.VERIFIES), Step.SEAL_MINE, writer, place);
    } else {
      add(steps, to.startAgain(writer), Step.SEAL_OTHER, writer, place);
      if (from.kind[place] == COMMIT) {
        Store on = from.copy();
        on.sendSeal(writer, place + 1, from.holds[place]);
        add(steps, on, Step.FOLLOW, writer, place + 1);
      }
    }
  }

  private void verify(Store from, int writer, Steps<Store> steps) {
    Store to = from.copy();
    int place = from.at[writer];
    if (from.isNewestOfEpoch(place) || without.contains(Without.VERIFY)) {
      to.base[writer] = from.sealsSent[writer][place] - 1;
      add(steps, to.phase(writer, Phase.OWNER), Step.VERIFY, writer, place);
    } else {
      add(steps, to.startAgain(writer), Step.VERIFY_FAILS, writer, place);
    }
  }

  private void send(Store from, int writer, Steps<Store> steps) {
    if (from.acknowledged[writer] < commits && ownedEpoch(from, writer) <= writers) {
      int place = commitPlace(from, writer, from.acknowledged[writer] + 1);
      add(steps, from.copy().phase(writer, Phase.COMMITS), Step.SEND, writer, place);
    }
  }

  private void commit(Store from, int writer, Steps<Store> steps) {
    Store to = from.copy();
    int commit = from.acknowledged[writer] + 1;
    int place = commitPlace(from, writer, commit);
    if (from.kind[place] == NOTHING) {
      to.createCommit(writer, commit);
      add(steps, to.acknowledge(writer), Step.COMMIT, writer, place);
    } else {
      add(steps, to.phase(writer, Phase.READS_COMMIT), Step.COMMIT_EXISTS, writer, place);
    }
  }

  private void readCommit(Store from, int writer, Steps<Store> steps) {
    Store to = from.copy();
    int place = commitPlace(from, writer, from.acknowledged[writer] + 1);
    if (from.kind[place] == NOTHING) {
      add(steps, to.phase(writer, Phase.COMMITS), Step.COMMIT_GONE, writer, place);
    } else if (from.kind[place] == COMMIT && from.by[place] == writer) {
      add(steps, to.acknowledge(writer), Step.COMMIT_MINE, writer, place);
    } else {
      add(steps, to.phase(writer, Phase.STOPPED), Step.FENCED, writer, place);
    }
  }

  private void lateCopies(Store from, int writer, Steps<Store> steps) {
    for (int place = 0; place < places; place++) {
      if (from.sealsSent[writer][place] != 0 && from.kind[place] == NOTHING) {
        Store to = from.copy();
        to.createSeal(writer, place);
        add(steps, to, Step.LATE_SEAL, writer, place);
      }
    }
    for (int commit = 1; commit <= from.sent(writer); commit++) {
      int place = commitPlace(from, writer, commit);
      if (from.kind[place] == NOTHING) {
        Store to = from.copy();
        to.createCommit(writer, commit);
        add(steps, to, Step.LATE_COMMIT, writer, place);
      }
    }
  }

  private void deletes(Store from, Steps<Store> steps) {
    for (int place = 0; place < places; place++) {
      if (from.kind[place] != NOTHING && isDeletable(from, place)) {
        steps.add(
            from.copy().delete(place), Step.DELETE, "somebody's trash list", placeNames[place]);
      }
    }
  }

  private boolean isDeletable(Store from, int place) {
    boolean kept =
        from.isNewestOfEpoch(place)
            && !(from.kind[place] == SEAL && without.contains(Without.SEALS_KEPT));
    return !kept && from.isBeforeACommit(place);
  }

  private void add(Steps<Store> steps, Store to, Step step, int writer, int place) {
    steps.add(to, step, writerNames[writer], placeNames[place]);
  }

  @Override
  public @Nullable String violation(Store store) {
    int newest = store.newest();
    int restorable = newest < 0 ? 0 : store.holds[newest];
    for (int writer = 0; writer < writers; writer++) {
      int mine = upTo(store, writer, store.acknowledged[writer]) & ~store.base[writer];
      if ((mine & ~restorable) != 0) {
        return "An acknowledged commit of "
            + writerNames[writer]
            + " is not in what would be restored now";
      }
      for (int other = 0; other < writers; other++) {
        if (other != writer && store.isOwner(writer) && store.isOwner(other)) {
          String wrong = violation(store, writer, other, mine);
          if (wrong != null) {
            return wrong;
          }
        }
      }
    }
    return null;
  }

  @Override
  public boolean isComplete(Store store) {
    for (int acknowledged : store.acknowledged) {
      if (acknowledged < commits) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String violation(Store store, int earlier, int later, int acknowledged) {
    if (ownedEpoch(store, earlier) > ownedEpoch(store, later)) {
      return null;
    }
    String both = writerNames[earlier] + " and " + writerNames[later];
    if (ownedEpoch(store, earlier) == ownedEpoch(store, later)) {
      return both + " own the same epoch";
    }
    if ((acknowledged & ~store.base[later]) != 0) {
      return "An acknowledged commit of "
          + writerNames[earlier]
          + " is not in what "
          + writerNames[later]
          + " restored";
    }
    if ((store.base[earlier] & ~store.base[later]) != 0) {
      return both + " restored histories of which neither continues the other";
    }
    int first = Integer.bitCount(store.base[later]) + 1;
    int last = Integer.bitCount(store.base[earlier]) + store.acknowledged[earlier];
    if (store.acknowledged[later] > 0 && store.acknowledged[earlier] > 0 && first <= last) {
      return both + " acknowledged a commit in the same place of the history";
    }
    return null;
  }
}
