package io.pagurus.internal.log.model;

import io.pagurus.internal.log.model.Explorer.Steps;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commit log in append files on a local disk: one log of frames per epoch, a seal that is a
 * file of its own, and one force per commit.
 *
 * <h2>What is modelled</h2>
 *
 * <ul>
 *   <li>Owners that take over whenever they like, an empty folder included, and then commit a few
 *       times. An owner that no longer moves is a killed or a paused one: every prefix of every run
 *       is visited, so both can happen at any step, also between a look and what follows from it.
 *   <li>The disk as the page cache shows it, and of each directory entry and each frame whether it
 *       was forced. A power loss, at any step and as often as it changes anything, stops all owners
 *       that have begun; each unforced entry and each unforced frame survives or not,
 *       independently. A lost frame leaves zeros or a part: an invalid frame. A lost entry takes
 *       its file along.
 *   <li>A write that is not completed: the frame is invalid until it is written again.
 *   <li>A failed force of a log. What was unforced in it becomes a phantom: the page cache shows
 *       it, each later force reports success and writes nothing, and a power loss keeps it or not.
 *   <li>A failed force of the folder. All later ones fail too, until the power is lost: a journal
 *       that could not be written is aborted. <b>This is an assumption the protocol rests on.</b>
 *       The folder is shared, so one owner could be told of the failure and the next one of
 *       success.
 *   <li>The manifest of an opening frame says for every commit where it is: in a frame of an older
 *       log, or carried in an opening frame. Restoring follows all of these references.
 * </ul>
 *
 * <h2>What is left out, and why it may be</h2>
 *
 * <ul>
 *   <li>Reading a log is one step. Frames only ever become valid while no power is lost, so a slow
 *       reader finds what a fast one finds at some time within.
 *   <li>Looking for the current epoch and creating its seal is one step. Another seal in between
 *       makes the creation fail, and the owner looks again.
 *   <li>Several parts of one epoch. The owner of both is one process, and the last frame of a part
 *       is forced before the next part begins: the new part is a take-over with fewer dangers.
 *   <li>Deletion of old logs, damage by decay, and the content of a seal, which is forced before
 *       {@code createLink} gives it its name.
 *   <li>FORMAT, which is no step of the take-over.
 *   <li>Write-back by the kernel: it is a frame that survives the power loss.
 *   <li>Owner 2 does not start before owner 1: before they start they are alike.
 * </ul>
 */
final class AppendFileModel implements Explorer.Model<AppendFileModel.Disk> {
  /** Rules of the protocol that can be left out or changed, to see what they are needed for. */
  enum Change {
    /** The folder is never forced. */
    FOLDER_NOT_FORCED,
    /** The folder is forced before the first acknowledgement, not before the history is served. */
    FOLDER_FORCED_LATE,
    /** A new owner refers to the last whole frame of the old log, it does not carry it. */
    LAST_FRAME_REFERRED,
    /** A new owner forces the old log and refers to its last whole frame. */
    LAST_FRAME_FORCED,
    /** A frame that could not be written completely stays, the next one goes behind it. */
    APPENDED_BEHIND_TORN,
    /** A failed force of a log is repeated. */
    FORCE_REPEATED,
    /** Not a rule but an assumption: a later force of the folder reports success again. */
    FOLDER_FAILURE_FORGOTTEN,
    /** The owner looks for the seal, and then appends and forces. */
    LOOK_BEFORE_APPEND,
    /** A new owner does not look for a seal of its own epoch before it serves. */
    SERVED_WITHOUT_LOOK,
    /**
     * The owner appends, looks for the seal, and then forces. The only one that does no harm: what
     * is in the page cache before the look is read by whoever seals after it, forced or not, and a
     * power loss stops all owners alike.
     */
    LOOK_BEFORE_FORCE
  }

  enum Step implements Explorer.Step {
    SEAL("%s creates the seal of epoch %s"),
    READ("%s reads the logs up to epoch %s"),
    CREATE_LOG("%s creates the log of epoch %s"),
    WRITE_OPENING("%s writes the opening frame of epoch %s"),
    FORCE_OPENING("%s forces the opening frame of epoch %s"),
    FORCE_OPENING_FAILS("%s fails to force the opening frame of epoch %s"),
    FORCE_FOLDER("%s, owner of epoch %s, forces the folder"),
    FORCE_FOLDER_FAILS("%s, owner of epoch %s, fails to force the folder"),
    FORCE_FOLDER_STILL_FAILS("%s, owner of epoch %s, cannot force the folder either, it stops"),
    SERVE("%s looks: no seal of epoch %s, it serves what it restored"),
    SERVE_UNSEEN("%s does not look for a seal of epoch %s, it serves what it restored"),
    WRITE("%s writes a commit to the log of epoch %s"),
    WRITE_PART("%s writes only a part of a commit to the log of epoch %s"),
    FORCE("%s forces the log of epoch %s"),
    FORCE_FAILS("%s fails to force the log of epoch %s"),
    LOOK("%s looks: no seal of epoch %s"),
    ACKNOWLEDGE("%s acknowledges its commit in epoch %s"),
    FENCED("%s looks: epoch %s is sealed, it stops"),
    SEAL_OWN("%s seals its own epoch %s"),
    FORCE_OLD("%s forces the log of epoch %s, which it read"),
    POWER_LOSS("the power fails and comes back, %s%s");

    private final String text;

    Step(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  private enum Phase {
    IDLE,
    SEALED,
    RESTORED,
    LOG_CREATED,
    OPENING_WRITTEN,
    OPENING_FORCED,
    FOLDER_FORCED,
    SERVES,
    LOOKED_EARLY,
    TORN,
    WRITTEN,
    LOOKED,
    FORCED,
    FORCE_FAILED,
    FORCES_OLD,
    STOPPED
  }

  private static final Phase[] PHASES = Phase.values();

  /** What is on the disk, of an entry or a frame; all but the first two can be read. */
  private static final int ABSENT = 0;

  private static final int INVALID = 1;
  private static final int UNFORCED = 2;
  private static final int FORCED = 3;
  private static final int PHANTOM = 4;

  private final int owners;
  private final int commits;
  private final int all;
  private final int failures;
  private final int powerLosses;
  private final Set<Change> changes;
  private final int epochs;
  private final int frames;
  private final String[] ownerNames;
  private final String[] epochNames;

  AppendFileModel(int owners, int commits, int failures, int powerLosses, Change... changes) {
    this.owners = owners;
    this.commits = commits;
    this.all = owners * commits;
    this.failures = failures;
    this.powerLosses = powerLosses;
    this.changes = Set.of(changes);
    this.epochs = owners + failures + 1;
    this.frames = commits + (this.changes.contains(Change.APPENDED_BEHIND_TORN) ? 1 : 0);
    this.ownerNames = new String[owners];
    for (int owner = 0; owner < owners; owner++) {
      ownerNames[owner] = "O" + (owner + 1);
    }
    this.epochNames = new String[epochs];
    for (int epoch = 0; epoch < epochs; epoch++) {
      epochNames[epoch] = Integer.toString(epoch);
    }
  }

  /**
   * Commits are numbers; sets of them are bits. Where a commit is: 0 nowhere, 2e in the opening
   * frame of epoch e, 2e + 1 in a frame of its own in the log of epoch e.
   */
  final class Disk implements Explorer.State<Disk> {
    private final int[] seal = new int[epochs];
    private final int[] log = new int[epochs];
    private final int[] opening = new int[epochs];
    private final int[][] manifest = new int[epochs][all];
    private final int[][] frame = new int[epochs][frames];
    private final int[][] content = new int[epochs][frames];

    private final Phase[] phase = new Phase[owners];
    private final int[] epoch = new int[owners];
    private final int[] done = new int[owners];

    /** What the opening frame is going to say. */
    private final int[][] restored = new int[owners][all];

    private int acknowledged;
    private int served;
    private boolean folderFails;
    private int failuresLeft = failures;
    private int powerLossesLeft = powerLosses;

    /** Wrong with the step just taken; never part of a state that is kept. */
    private @Nullable String wrong;

    Disk() {
      Arrays.fill(phase, Phase.IDLE);
    }

    @Override
    public Disk copy() {
      Disk copy = new Disk();
      System.arraycopy(seal, 0, copy.seal, 0, epochs);
      System.arraycopy(log, 0, copy.log, 0, epochs);
      System.arraycopy(opening, 0, copy.opening, 0, epochs);
      for (int e = 0; e < epochs; e++) {
        System.arraycopy(manifest[e], 0, copy.manifest[e], 0, all);
        System.arraycopy(frame[e], 0, copy.frame[e], 0, frames);
        System.arraycopy(content[e], 0, copy.content[e], 0, frames);
      }
      System.arraycopy(phase, 0, copy.phase, 0, owners);
      System.arraycopy(epoch, 0, copy.epoch, 0, owners);
      System.arraycopy(done, 0, copy.done, 0, owners);
      for (int owner = 0; owner < owners; owner++) {
        System.arraycopy(restored[owner], 0, copy.restored[owner], 0, all);
      }
      copy.acknowledged = acknowledged;
      copy.served = served;
      copy.folderFails = folderFails;
      copy.failuresLeft = failuresLeft;
      copy.powerLossesLeft = powerLossesLeft;
      return copy;
    }

    @Override
    public void pack(Packed fields) {
      fields.fields(seal, 3);
      for (int e = 1; e < epochs; e++) {
        log[e] = fields.field(log[e], 3);
        opening[e] = fields.field(opening[e], 3);
        fields.fields(manifest[e], 4);
        fields.fields(frame[e], 3);
        fields.fields(content[e], 3);
      }
      fields.fields(phase, PHASES, 4);
      fields.fields(epoch, 3);
      fields.fields(done, 2);
      for (int[] places : restored) {
        fields.fields(places, 4);
      }
      acknowledged = fields.field(acknowledged, all);
      served = fields.field(served, all);
      folderFails = fields.field(folderFails ? 1 : 0, 1) != 0;
      failuresLeft = fields.field(failuresLeft, 2);
      powerLossesLeft = fields.field(powerLossesLeft, 3);
    }

    private int currentEpoch() {
      for (int e = epochs - 1; e > 0; e--) {
        if (seal[e - 1] != ABSENT || log[e] != ABSENT) {
          return e;
        }
      }
      return 0;
    }

    private int firstFreeFrame(int e) {
      int i = 0;
      while (i < frames && frame[e][i] != ABSENT) {
        i++;
      }
      return i;
    }

    private boolean hasFrame(int e, int commit) {
      for (int i = 0; i < frames; i++) {
        if (isReadable(frame[e][i]) && content[e][i] == commit) {
          return true;
        }
      }
      return false;
    }

    private Disk phase(int owner, Phase next) {
      phase[owner] = next;
      return this;
    }

    private Disk stop(int owner) {
      epoch[owner] = 0;
      clear(restored[owner]);
      return phase(owner, Phase.STOPPED);
    }

    private void forceLog(int e) {
      opening[e] = forced(opening[e]);
      for (int i = 0; i < frames; i++) {
        frame[e][i] = forced(frame[e][i]);
      }
    }

    private void failToForceLog(int e) {
      opening[e] = failed(opening[e]);
      for (int i = 0; i < frames; i++) {
        frame[e][i] = failed(frame[e][i]);
      }
      failuresLeft--;
    }

    private void forceFolder() {
      for (int e = 0; e < epochs; e++) {
        seal[e] = forced(seal[e]);
        log[e] = forced(log[e]);
      }
    }

    private void failToForceFolder() {
      failuresLeft--;
      folderFails = !with(Change.FOLDER_FAILURE_FORGOTTEN);
      for (int e = 0; e < epochs && !folderFails; e++) {
        seal[e] = failed(seal[e]);
        log[e] = failed(log[e]);
      }
    }

    private void loseLog(int e) {
      log[e] = ABSENT;
      opening[e] = ABSENT;
      clear(manifest[e]);
      clear(frame[e]);
      clear(content[e]);
    }
  }

  private static boolean isReadable(int state) {
    return state >= UNFORCED;
  }

  private static int forced(int state) {
    return state == UNFORCED ? FORCED : state;
  }

  private static int failed(int state) {
    return state == UNFORCED ? PHANTOM : state;
  }

  private static void clear(int[] values) {
    Arrays.fill(values, 0);
  }

  @Override
  public Disk initial() {
    return new Disk();
  }

  private boolean with(Change change) {
    return changes.contains(change);
  }

  /** What a restore up to an epoch finds: where each commit is, and what is wrong. */
  private final class Restored {
    private final int[] places = new int[all];
    private int log;
    private int lastFrame = -1;
    private @Nullable String damage;

    Restored(Disk disk, int upTo) {
      log = upTo;
      while (log > 0 && !isReadable(disk.opening[log])) {
        log--;
      }
      if (log == 0) {
        return;
      }
      readManifest(disk);
      boolean whole = true;
      for (int i = 0; i < frames; i++) {
        if (!isReadable(disk.frame[log][i])) {
          whole = false;
        } else if (!whole) {
          damage = "A whole frame follows an invalid one in the log of epoch " + log;
        } else {
          accept(disk.content[log][i]);
        }
      }
    }

    private void readManifest(Disk disk) {
      for (int commit = 0; commit < all; commit++) {
        int place = disk.manifest[log][commit];
        int e = place >> 1;
        boolean found = (place & 1) == 0 ? isReadable(disk.opening[e]) : disk.hasFrame(e, commit);
        if (place != 0 && !found) {
          damage =
              "The log of epoch " + log + " refers to a frame of epoch " + e + ", which is lost";
        }
        places[commit] = place;
      }
    }

    private void accept(int commit) {
      if (places[commit] != 0) {
        damage = "A commit is twice in the history";
      }
      places[commit] = 2 * log + 1;
      lastFrame = commit;
    }

    /** The references of the new opening frame: what may be unforced is carried by it. */
    private void carryTo(int e) {
      for (int commit = 0; commit < all; commit++) {
        boolean last = lastFrame < 0 ? places[commit] == 2 * log : commit == lastFrame;
        if (places[commit] != 0 && last) {
          places[commit] = 2 * e;
        }
      }
    }
  }

  private static int set(int[] places) {
    int commits = 0;
    for (int commit = 0; commit < places.length; commit++) {
      if (places[commit] != 0) {
        commits |= 1 << commit;
      }
    }
    return commits;
  }

  @Override
  public void steps(Disk from, Steps<Disk> steps) {
    for (int owner = 0; owner < owners; owner++) {
      if (owner == 0 || from.phase[owner - 1] != Phase.IDLE) {
        ownSteps(from, owner, steps);
      }
    }
    powerLoss(from, steps);
  }

  private void ownSteps(Disk from, int owner, Steps<Disk> steps) {
    switch (from.phase[owner]) {
      case IDLE -> seal(from, owner, steps);
      case SEALED -> read(from, owner, steps);
      case FORCES_OLD -> forceOld(from, owner, steps);
      case RESTORED -> createLog(from, owner, steps);
      case LOG_CREATED -> writeOpening(from, owner, steps);
      case OPENING_WRITTEN -> forceOpening(from, owner, steps);
      case OPENING_FORCED -> forceFolder(from, owner, Phase.FOLDER_FORCED, steps);
      case FOLDER_FORCED -> serve(from, owner, steps);
      case SERVES -> begin(from, owner, steps);
      case LOOKED_EARLY -> write(from, owner, steps);
      case TORN -> writeAgain(from, owner, steps);
      case WRITTEN -> written(from, owner, steps);
      case LOOKED -> force(from, owner, steps);
      case FORCED -> forced(from, owner, steps);
      case FORCE_FAILED -> sealOwn(from, owner, steps);
      case STOPPED -> {}
    }
  }

  private void seal(Disk from, int owner, Steps<Disk> steps) {
    Disk to = from.copy();
    int current = from.currentEpoch();
    to.seal[current] = UNFORCED;
    to.epoch[owner] = current + 1;
    add(steps, to.phase(owner, Phase.SEALED), Step.SEAL, owner, current);
  }

  private void read(Disk from, int owner, Steps<Disk> steps) {
    Disk to = from.copy();
    int mine = from.epoch[owner];
    Restored found = new Restored(from, mine - 1);
    if (!with(Change.LAST_FRAME_REFERRED) && !with(Change.LAST_FRAME_FORCED)) {
      found.carryTo(mine);
    }
    System.arraycopy(found.places, 0, to.restored[owner], 0, all);
    Phase next = with(Change.LAST_FRAME_FORCED) ? Phase.FORCES_OLD : Phase.RESTORED;
    add(steps, to.phase(owner, next), Step.READ, owner, mine - 1);
  }

  private void forceOld(Disk from, int owner, Steps<Disk> steps) {
    Disk to = from.copy();
    int old = from.epoch[owner] - 1;
    to.forceLog(old);
    add(steps, to.phase(owner, Phase.RESTORED), Step.FORCE_OLD, owner, old);
  }

  private void createLog(Disk from, int owner, Steps<Disk> steps) {
    Disk to = from.copy();
    int mine = from.epoch[owner];
    if (from.log[mine] != ABSENT) {
      to.wrong = "The log of epoch " + mine + " exists before its owner creates it";
    }
    to.log[mine] = UNFORCED;
    add(steps, to.phase(owner, Phase.LOG_CREATED), Step.CREATE_LOG, owner, mine);
  }

  private void writeOpening(Disk from, int owner, Steps<Disk> steps) {
    Disk to = from.copy();
    int mine = from.epoch[owner];
    to.opening[mine] = UNFORCED;
    System.arraycopy(from.restored[owner], 0, to.manifest[mine], 0, all);
    clear(to.restored[owner]);
    add(steps, to.phase(owner, Phase.OPENING_WRITTEN), Step.WRITE_OPENING, owner, mine);
  }

  private void forceOpening(Disk from, int owner, Steps<Disk> steps) {
    int mine = from.epoch[owner];
    boolean folderNow = !with(Change.FOLDER_NOT_FORCED) && !with(Change.FOLDER_FORCED_LATE);
    Disk to = from.copy();
    to.forceLog(mine);
    to.phase(owner, folderNow ? Phase.OPENING_FORCED : Phase.FOLDER_FORCED);
    add(steps, to, Step.FORCE_OPENING, owner, mine);
    if (from.failuresLeft > 0) {
      Disk failed = from.copy();
      failed.failToForceLog(mine);
      Phase next = with(Change.FORCE_REPEATED) ? Phase.OPENING_WRITTEN : Phase.FORCE_FAILED;
      add(steps, failed.phase(owner, next), Step.FORCE_OPENING_FAILS, owner, mine);
    }
  }

  private void forceFolder(Disk from, int owner, Phase next, Steps<Disk> steps) {
    int mine = from.epoch[owner];
    Disk to = from.copy();
    if (from.folderFails) {
      add(steps, to.stop(owner), Step.FORCE_FOLDER_STILL_FAILS, owner, mine);
      return;
    }
    to.forceFolder();
    add(steps, to.phase(owner, next), Step.FORCE_FOLDER, owner, mine);
    if (from.failuresLeft > 0) {
      Disk failed = from.copy();
      failed.failToForceFolder();
      add(steps, failed.phase(owner, Phase.FORCE_FAILED), Step.FORCE_FOLDER_FAILS, owner, mine);
    }
  }

  private void serve(Disk from, int owner, Steps<Disk> steps) {
    Disk to = from.copy();
    int mine = from.epoch[owner];
    if (from.seal[mine] != ABSENT && !with(Change.SERVED_WITHOUT_LOOK)) {
      add(steps, to.stop(owner), Step.FENCED, owner, mine);
      return;
    }
    int history = set(from.manifest[mine]);
    if (from.seal[mine] == ABSENT) {
      to.wrong = missing(from, history, "what " + ownerNames[owner] + " restored");
    }
    to.served |= history;
    Step step = with(Change.SERVED_WITHOUT_LOOK) ? Step.SERVE_UNSEEN : Step.SERVE;
    add(steps, to.phase(owner, Phase.SERVES), step, owner, mine);
  }

  private void begin(Disk from, int owner, Steps<Disk> steps) {
    if (from.done[owner] == commits) {
      return;
    }
    if (with(Change.LOOK_BEFORE_APPEND)) {
      look(from, owner, Phase.LOOKED_EARLY, steps);
    } else {
      write(from, owner, steps);
    }
  }

  private void look(Disk from, int owner, Phase next, Steps<Disk> steps) {
    Disk to = from.copy();
    int mine = from.epoch[owner];
    if (from.seal[mine] != ABSENT) {
      add(steps, to.stop(owner), Step.FENCED, owner, mine);
    } else {
      add(steps, to.phase(owner, next), Step.LOOK, owner, mine);
    }
  }

  private void write(Disk from, int owner, Steps<Disk> steps) {
    int mine = from.epoch[owner];
    int at = from.firstFreeFrame(mine);
    writeAt(from, owner, at, steps);
    if (at + 1 < frames || !with(Change.APPENDED_BEHIND_TORN)) {
      Disk torn = from.copy();
      torn.frame[mine][at] = INVALID;
      add(steps, torn.phase(owner, Phase.TORN), Step.WRITE_PART, owner, mine);
    }
  }

  private void writeAgain(Disk from, int owner, Steps<Disk> steps) {
    int free = from.firstFreeFrame(from.epoch[owner]);
    writeAt(from, owner, with(Change.APPENDED_BEHIND_TORN) ? free : free - 1, steps);
  }

  private void writeAt(Disk from, int owner, int at, Steps<Disk> steps) {
    Disk to = from.copy();
    int mine = from.epoch[owner];
    to.frame[mine][at] = UNFORCED;
    to.content[mine][at] = commit(from, owner);
    add(steps, to.phase(owner, Phase.WRITTEN), Step.WRITE, owner, mine);
  }

  private int commit(Disk disk, int owner) {
    return owner * commits + disk.done[owner];
  }

  private void written(Disk from, int owner, Steps<Disk> steps) {
    if (with(Change.LOOK_BEFORE_FORCE)) {
      look(from, owner, Phase.LOOKED, steps);
    } else {
      force(from, owner, steps);
    }
  }

  private void force(Disk from, int owner, Steps<Disk> steps) {
    int mine = from.epoch[owner];
    Disk to = from.copy();
    to.forceLog(mine);
    add(steps, to.phase(owner, Phase.FORCED), Step.FORCE, owner, mine);
    if (from.failuresLeft > 0) {
      Disk failed = from.copy();
      failed.failToForceLog(mine);
      Phase next = with(Change.FORCE_REPEATED) ? from.phase[owner] : Phase.FORCE_FAILED;
      add(steps, failed.phase(owner, next), Step.FORCE_FAILS, owner, mine);
    }
  }

  private void forced(Disk from, int owner, Steps<Disk> steps) {
    int mine = from.epoch[owner];
    if (with(Change.FOLDER_FORCED_LATE) && from.log[mine] == UNFORCED) {
      forceFolder(from, owner, Phase.FORCED, steps);
      return;
    }
    boolean lookedBefore = with(Change.LOOK_BEFORE_APPEND) || with(Change.LOOK_BEFORE_FORCE);
    Disk to = from.copy();
    if (from.seal[mine] != ABSENT && !lookedBefore) {
      add(steps, to.stop(owner), Step.FENCED, owner, mine);
      return;
    }
    int commit = commit(from, owner);
    if (from.seal[mine] == ABSENT) {
      to.wrong = missing(from, ownHistory(from, owner), "that of a commit of " + ownerNames[owner]);
    }
    to.acknowledged |= 1 << commit;
    to.done[owner]++;
    add(steps, to.phase(owner, Phase.SERVES), Step.ACKNOWLEDGE, owner, mine);
  }

  private int ownHistory(Disk disk, int owner) {
    int mine = disk.epoch[owner];
    int history = set(disk.manifest[mine]);
    for (int i = 0; i < frames; i++) {
      if (isReadable(disk.frame[mine][i])) {
        history |= 1 << disk.content[mine][i];
      }
    }
    return history;
  }

  private void sealOwn(Disk from, int owner, Steps<Disk> steps) {
    Disk to = from.copy();
    int mine = from.epoch[owner];
    if (from.seal[mine] != ABSENT) {
      add(steps, to.stop(owner), Step.FENCED, owner, mine);
      return;
    }
    to.seal[mine] = UNFORCED;
    to.epoch[owner] = mine + 1;
    int[] restored = to.restored[owner];
    System.arraycopy(from.manifest[mine], 0, restored, 0, all);
    boolean committedHere = false;
    for (int i = 0; i < frames; i++) {
      int commit = from.content[mine][i];
      if (isReadable(from.frame[mine][i]) && commit != commit(from, owner)) {
        restored[commit] = 2 * mine + 1;
        committedHere = true;
      }
    }
    for (int commit = 0; commit < all && !committedHere; commit++) {
      if (restored[commit] == 2 * mine) {
        restored[commit] = 2 * (mine + 1);
      }
    }
    add(steps, to.phase(owner, Phase.RESTORED), Step.SEAL_OWN, owner, mine);
  }

  private void powerLoss(Disk from, Steps<Disk> steps) {
    if (from.powerLossesLeft > 0) {
      Disk to = from.copy();
      to.powerLossesLeft--;
      to.folderFails = false;
      for (int owner = 0; owner < owners; owner++) {
        if (from.phase[owner] != Phase.IDLE) {
          to.stop(owner);
        }
      }
      loseSeals(to, 0, steps, "");
    }
  }

  private void loseSeals(Disk disk, int e, Steps<Disk> steps, String lost) {
    if (e == epochs) {
      loseLogs(disk, 1, steps, lost);
      return;
    }
    if (disk.seal[e] == UNFORCED || disk.seal[e] == PHANTOM) {
      Disk without = disk.copy();
      without.seal[e] = ABSENT;
      loseSeals(without, e + 1, steps, lost + ", seal " + e);
      disk.seal[e] = FORCED;
    }
    loseSeals(disk, e + 1, steps, lost);
  }

  private void loseLogs(Disk disk, int e, Steps<Disk> steps, String lost) {
    if (e == epochs) {
      steps.add(disk, Step.POWER_LOSS, lost.isEmpty() ? "nothing is lost" : "lost are", lost);
      return;
    }
    if (disk.log[e] == UNFORCED || disk.log[e] == PHANTOM) {
      Disk without = disk.copy();
      without.loseLog(e);
      loseLogs(without, e + 1, steps, lost + ", log " + e);
      disk.log[e] = FORCED;
    }
    if (disk.opening[e] == UNFORCED || disk.opening[e] == PHANTOM) {
      Disk without = disk.copy();
      without.opening[e] = ABSENT;
      clear(without.manifest[e]);
      loseFrames(without, e, 0, steps, lost + ", the opening frame of log " + e);
      disk.opening[e] = FORCED;
    }
    loseFrames(disk, e, 0, steps, lost);
  }

  private void loseFrames(Disk disk, int e, int i, Steps<Disk> steps, String lost) {
    if (i == frames) {
      loseLogs(disk, e + 1, steps, lost);
      return;
    }
    if (disk.frame[e][i] == UNFORCED || disk.frame[e][i] == PHANTOM) {
      Disk without = disk.copy();
      without.frame[e][i] = INVALID;
      without.content[e][i] = 0;
      loseFrames(without, e, i + 1, steps, lost + ", a commit in log " + e);
      disk.frame[e][i] = FORCED;
    }
    loseFrames(disk, e, i + 1, steps, lost);
  }

  private void add(Steps<Disk> steps, Disk to, Step step, int owner, int epoch) {
    steps.add(to, step, ownerNames[owner], epochNames[epoch]);
  }

  @Override
  public @Nullable String violation(Disk disk) {
    if (disk.wrong != null) {
      return disk.wrong;
    }
    Restored now = new Restored(disk, epochs - 1);
    return now.damage != null
        ? now.damage
        : missing(disk, set(now.places), "what would be restored now");
  }

  @Override
  public boolean isComplete(Disk disk) {
    return disk.acknowledged == (1 << all) - 1;
  }

  private static @Nullable String missing(Disk disk, int history, String where) {
    if ((disk.acknowledged & ~history) != 0) {
      return "An acknowledged commit is not in the history, " + where;
    }
    if ((disk.served & ~history) != 0) {
      return "A commit that a new owner served is not in the history, " + where;
    }
    return null;
  }
}
