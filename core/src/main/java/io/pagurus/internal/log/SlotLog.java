package io.pagurus.internal.log;

import io.pagurus.IncompatibleStateException;
import io.pagurus.StoreFailedException;
import io.pagurus.StoreUnavailableException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A log of one write-once object per commit, over any {@link ObjectStore}.
 *
 * <h2>The protocol</h2>
 *
 * <p>Commit {@code seq} of {@code epoch} goes to the slot {@code (epoch, seq)}, see {@link
 * SlotName}. A slot is filled by create-if-absent, so one frame gets it and all who come later find
 * that frame. <b>Creating the slot is the commit.</b>
 *
 * <p>An epoch is ended by a seal in the slot that its owner fills next: behind its newest commit,
 * or, when it has none, in the slot of its first. The owner and whoever wants to succeed it
 * therefore race for one name. If the owner gets it, the successor looks again; if the seal does,
 * the owner finds it there and is fenced, for good. Versions never restart: behind a seal of {@code
 * E} in slot {@code n + 1}, epoch {@code E + 1} begins with version {@code n + 1}. The log begins
 * with the seal of epoch 0 in slot {@code (0, 0)}, and epoch 1 with version 1.
 *
 * <p>No other primitive is needed. There is no head to be swapped, so none to be overwritten by a
 * delayed request: a request that arrives late or twice finds its slot filled. A listing, newest
 * first, takes the place of the head.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>The newest slot of an epoch is never deleted. So a slot that is empty below it was a commit
 *       once, and what lands in such a hole is never the newest of its epoch. This is why {@link
 *       #seal} lists once more, and why an empty slot may be filled again with the same bytes.
 *   <li>Who owns {@code E} appends to {@code base + 1} first, where {@code base} is what its own
 *       seal says, not what a later listing says: a sleeping owner that took the version from its
 *       successor's commits would write behind the seal that fences it. {@link #append} demands it,
 *       and {@link #history} does not show an owner what is newer than its epoch.
 *   <li>A newest slot of {@code E} whose header cannot be read may be a commit or a seal. It is
 *       sealed behind, and nobody owns {@code E + 1} by that; who goes on to seal {@code E + 1}
 *       puts seals into each slot in which that epoch may begin. Then both possible owners are
 *       fenced.
 * </ol>
 *
 * <p>Thread-safe as {@link CommitLog} demands. Does not close the objects.
 */
public final class SlotLog implements CommitLog {
  /** How often a seal is sent until the answer is definite, or a look is begun again. */
  private static final int TRIES = 6;

  /** How often a slot is read before it is called damaged. */
  private static final int READS = 3;

  /** An owner commits so long without a gap. */
  private static final long LONGEST_BUSY_NANOS = 3_000_000_000L;

  /** How many commits of a busy owner are followed before its log is listed again. */
  private static final int MOST_FOLLOWED = 10;

  /** A gap is as long as so many commits: whoever follows catches up in it. */
  private static final int GAP_COMMITS = 9;

  private static final long LEAST_GAP_NANOS = 100_000_000;

  private static final long FIRST_PAUSE_NANOS = 5_000_000;
  private static final int FIRST_READ = 64 << 10;
  private static final int PAGE = 1000;
  private static final int SHORT_PAGE = 20;

  /** How many slots a read fetches at once, and how many bytes of them it holds at most. */
  private static final int AHEAD = 16;

  private static final long AHEAD_BYTES = 32 << 20;

  private final ObjectStore objects;
  private final Workers workers;

  /** What is derived from a slot stays true, because slots are write-once. */
  private volatile @Nullable Tip lastTip;

  /** The epoch that this log owns or owned; -1 before. */
  private volatile long ownEpoch = -1;

  /**
   * The version of the newest commit in the own epoch, or its base. Set by the appending thread.
   */
  private volatile long lastSeq;

  /** The commit that may be there though no answer said so. For the appending thread. */
  private @Nullable UUID perhapsThere;

  /** When the last append ended, and how long it took. For the appending thread. */
  private long lastEnd;

  private long lastTook;

  /** When there was a gap. For the appending thread. */
  private long lastGap;

  /** A log in {@code objects}, which stay open when it is closed. */
  public SlotLog(ObjectStore objects) {
    this(objects, Workers.THREADS);
  }

  /** As above, with others who wait and read ahead. */
  public SlotLog(ObjectStore objects, Workers workers) {
    this.objects = objects;
    this.workers = workers;
  }

  private record Slot(SlotName name, ObjectInfo info) {
    String key() {
      return info.key();
    }
  }

  @Override
  public boolean manifestInEveryFrame() {
    return true;
  }

  // ---- ownership ------------------------------------------------------------------------------

  @Override
  public Seal create(Seal first) {
    if (first.epoch() != 0) {
      throw new IllegalArgumentException("a log begins with the seal of epoch 0: " + first);
    }
    SlotName name = new SlotName(0, 0);
    Frame there;
    try {
      there = claim(name, first.toFrame(0));
    } catch (DamageException e) {
      UUID known = storeId(); // a damaged seal seals all the same
      if (known == null) {
        throw e;
      }
      return new Seal(known, 0, Frame.NO_ID, first.owner(), first.madeAt());
    }
    if (there == null) {
      throw new StoreUnavailableException("The storage does not say whether it has " + name.key());
    }
    return sealOf(name, there);
  }

  @Override
  public @Nullable Tip look() {
    for (int tries = 0; tries < TRIES; tries++) {
      Slot newest = newest(SlotName.ROOT, null);
      if (newest == null) {
        return null;
      }
      Tip known = lastTip;
      if (known != null && known.newestFrame().equals(newest.key())) {
        return known;
      }
      try {
        Tip tip = tip(newest);
        lastTip = tip;
        return tip;
      } catch (ObjectNotFoundException gone) {
        // Its owner made a newer one and deleted this one.
      } catch (DamageException unreadable) {
        long epoch = newest.name().epoch();
        return new Tip(epoch, newestSeal(SlotName.behind(epoch), 0), newest.key());
      }
    }
    throw new StoreUnavailableException("The storage lists slots that it does not find");
  }

  private Tip tip(Slot newest) {
    long epoch = newest.name().epoch();
    Seal seal = sealIn(newest);
    return seal == null
        ? new Tip(epoch, newestSeal(SlotName.behind(epoch), 0), newest.key())
        : new Tip(epoch + 1, seal, newest.key());
  }

  @Override
  public @Nullable Seal seal(Seal record) {
    long epoch = record.epoch();
    Slot newest = newest(SlotName.ROOT, null);
    if (newest == null || newest.name().epoch() < epoch - 1) {
      return null;
    }
    if (newest.name().epoch() > epoch) {
      // If the seal is the caller's, its own epoch is over by now.
      Seal there = newestSeal(SlotName.folder(epoch), epoch);
      return there == null || there.id().equals(record.id()) ? null : there;
    }
    List<Slot> ends = ends(newest.name().epoch());
    if (!isStillNewest(newest)) {
      return null;
    }
    List<SlotName> targets = new ArrayList<>();
    if (newest.name().epoch() == epoch - 1) {
      if (!isDurable(newest)) {
        return null;
      }
      for (Slot end : ends) {
        targets.add(firstBehind(end.name()));
      }
      Collections.reverse(targets);
    } else {
      targets.add(newest.name().next());
      Seal there = ends.isEmpty() ? null : readableSealIn(newest);
      if (there != null) {
        return there.id().equals(record.id()) ? owned(record, newest.name()) : there;
      }
    }
    return targets.isEmpty() ? null : seal(record, targets);
  }

  /**
   * {@inheritDoc}
   *
   * <p>From a listing to the seal it is several requests, and a commit is one: a busy owner fills
   * the next slot before the seal arrives. So its commits are followed slot by slot, each looked
   * at: one may hold this very seal, whose answer was lost. In the gap that the owner leaves now
   * and then, see {@link #leaveGap}, this catches up with it. What may lie behind the slot, or was
   * deleted meanwhile, is found by {@link #owned}, as for any seal.
   */
  @Override
  public @Nullable Seal sealBusy(Seal record) {
    Seal sealed = seal(record);
    long begin = workers.nanoTime();
    while (sealed == null && workers.nanoTime() - begin < 2 * LONGEST_BUSY_NANOS) {
      Slot newest = newest(SlotName.folder(record.epoch()), null);
      if (newest == null || !isCommit(newest)) {
        return null;
      }
      SlotName slot = newest.name();
      for (int followed = 0; followed < MOST_FOLLOWED; followed++) {
        slot = slot.next();
        Frame there;
        try {
          there = claim(slot, record.toFrame(slot.seq()));
        } catch (DamageException unreadable) {
          return null;
        }
        if (there != null && there.kind() == FrameKind.SEAL) {
          Seal made = Seal.of(there);
          return made.id().equals(record.id()) ? owned(record, slot) : made;
        }
        if (there == null || there.kind() != FrameKind.COMMIT) {
          return null;
        }
      }
    }
    return sealed;
  }

  /**
   * A listing and a look into the slot are two requests. Between them the owner may have committed
   * more and deleted that slot, and a late copy of a seal may have come to lie in the hole. Found
   * by the model check: without this second listing an acknowledged commit is lost.
   */
  private boolean isStillNewest(Slot slot) {
    Slot newest = newest(SlotName.ROOT, null);
    return newest != null && newest.name().equals(slot.name());
  }

  /**
   * Where an object can be seen before it is durable, the seal of an epoch without commits is all
   * that makes the commits before it durable. Creating it once more says whether it is.
   */
  private boolean isDurable(Slot slot) {
    try {
      return claim(slot.name(), fetch(slot)) != null;
    } catch (ObjectNotFoundException deleted) {
      return false;
    } catch (DamageException unreadable) {
      return true; // nothing is read from it
    }
  }

  /** Seals the slots where the owner may go on, the lowest first. */
  private @Nullable Seal seal(Seal record, List<SlotName> targets) {
    SlotName target = targets.get(targets.size() - 1);
    Seal made = record;
    for (SlotName slot : targets) {
      Frame there;
      try {
        there = claim(slot, record.toFrame(slot.seq()));
      } catch (DamageException unreadable) {
        return null;
      }
      if (there == null || there.kind() != FrameKind.SEAL) {
        return null;
      }
      made = Seal.of(there);
    }
    return made.id().equals(record.id()) ? owned(record, target) : made;
  }

  /**
   * Invariants 1 and 3: the seal must be the newest slot of its epoch, and nobody else's end it.
   */
  private @Nullable Seal owned(Seal record, SlotName slot) {
    List<Slot> ends = ends(record.epoch());
    if (ends.isEmpty() || !ends.get(0).name().equals(slot)) {
      return null;
    }
    for (Slot end : ends) {
      Seal seal = readableSealIn(end);
      if (seal == null || !seal.id().equals(record.id())) {
        return null;
      }
    }
    lastSeq = firstBehind(slot).seq() - 1;
    perhapsThere = null;
    lastGap = workers.nanoTime();
    lastEnd = lastGap;
    lastTook = 0;
    ownEpoch = record.epoch() + 1;
    return record;
  }

  /** Where the next epoch begins, if {@code seal} is the seal of the one before. */
  private static SlotName firstBehind(SlotName seal) {
    return new SlotName(seal.epoch() + 1, Math.max(1, seal.seq()));
  }

  /**
   * The newest slots of an epoch down to its newest commit, newest first: its seal as a rule. Slots
   * that cannot be read are among them. None when the newest is a commit.
   */
  private List<Slot> ends(long epoch) {
    List<Slot> ends = new ArrayList<>();
    for (Slot slot : page(SlotName.folder(epoch), null, SHORT_PAGE)) {
      boolean hole =
          !ends.isEmpty() && !ends.get(ends.size() - 1).name().equals(slot.name().next());
      if (hole || isCommit(slot)) {
        break;
      }
      ends.add(slot);
    }
    return ends;
  }

  private boolean isCommit(Slot slot) {
    try {
      return sealIn(slot) == null;
    } catch (ObjectNotFoundException deleted) {
      return true;
    } catch (DamageException unreadable) {
      return false;
    }
  }

  /** What is in the slot after an attempt to create it; null when it is not clear. */
  private @Nullable Frame claim(SlotName name, Frame frame) {
    for (int tries = 0; tries < TRIES; tries++) {
      if (tries > 0) {
        workers.pause(FIRST_PAUSE_NANOS << tries);
      }
      PutResult result = objects.putIfAbsent(name.key(), frame.bytes());
      if (result instanceof PutResult.Created) {
        return frame;
      }
      if (result instanceof PutResult.NotCreated not) {
        throw new StoreUnavailableException(
            "The storage does not create " + name.key(), not.cause());
      }
      if (result instanceof PutResult.Exists) {
        try {
          return fetch(name, FIRST_READ);
        } catch (ObjectNotFoundException deleted) {
          // The slot is a hole now: send it again, the listing afterwards finds that out.
        }
      }
    }
    return null;
  }

  @Override
  public @Nullable Seal sealOf(long epoch) {
    Slot newest = newest(SlotName.ROOT, null);
    if (newest == null || newest.name().epoch() < epoch) {
      return null;
    }
    if (newest.name().epoch() == epoch) {
      try {
        return sealIn(newest);
      } catch (ObjectNotFoundException deleted) {
        return null; // only a commit is
      }
    }
    Seal seal = newestSeal(null, epoch);
    if (seal == null) {
      throw damaged(newest.key(), "there is no seal that can be read between it and " + epoch);
    }
    return seal;
  }

  /** The newest seal behind {@code startAfter}, of {@code lowest} or a newer epoch. */
  private @Nullable Seal newestSeal(@Nullable String startAfter, long lowest) {
    String after = startAfter;
    while (true) {
      Slot slot = newest(SlotName.ROOT, after);
      if (slot == null || slot.name().epoch() < lowest) {
        return null;
      }
      Seal seal = readableSealIn(slot);
      if (seal != null) {
        return seal;
      }
      after = SlotName.behind(slot.name().epoch());
    }
  }

  private @Nullable Seal readableSealIn(Slot slot) {
    try {
      return sealIn(slot);
    } catch (ObjectNotFoundException | DamageException e) {
      return null;
    }
  }

  // ---- appending ------------------------------------------------------------------------------

  @Override
  public Append start(Frame open) {
    return new Append.Done();
  }

  @Override
  public Append append(Frame commit) {
    Frame.Identity identity = commit.identity();
    SlotName name = new SlotName(identity.epoch(), identity.seq());
    boolean again = name.seq() == lastSeq;
    if (name.epoch() != ownEpoch || (!again && name.seq() != lastSeq + 1)) {
      throw new IllegalArgumentException(
          "commit %d of epoch %d cannot follow commit %d of epoch %d"
              .formatted(name.seq(), name.epoch(), lastSeq, ownEpoch));
    }
    leaveGap();
    long begin = workers.nanoTime();
    PutResult result;
    try {
      result = objects.putIfAbsent(name.key(), commit.bytes());
    } catch (StoreUnavailableException e) {
      result = new PutResult.Unknown(e);
    }
    lastEnd = workers.nanoTime();
    lastTook = lastEnd - begin;
    if (result instanceof PutResult.Created) {
      return done(name);
    }
    if (result instanceof PutResult.NotCreated not) {
      return new Append.Retry(not.cause(), identity.objectId().equals(perhapsThere));
    }
    perhapsThere = identity.objectId();
    return result instanceof PutResult.Unknown unknown
        ? new Append.Retry(unknown.cause(), true)
        : occupied(commit, name);
  }

  /**
   * Lets others in: who commits without any pause could not be succeeded, because each slot is
   * filled before the seal of the successor arrives. Not on the safety path.
   */
  private void leaveGap() {
    long gap = Math.max(LEAST_GAP_NANOS, GAP_COMMITS * Math.min(lastTook, LEAST_GAP_NANOS));
    long left = gap - (workers.nanoTime() - lastEnd);
    if (left > 0 && lastEnd - lastGap < LONGEST_BUSY_NANOS) {
      return;
    }
    for (int pauses = 0; left > 0 && pauses < 10; pauses++) { // a pause may end early
      workers.pause(left);
      left = gap - (workers.nanoTime() - lastEnd);
    }
    lastGap = workers.nanoTime();
  }

  private Append done(SlotName name) {
    lastSeq = name.seq();
    perhapsThere = null;
    return new Append.Done();
  }

  private Append occupied(Frame commit, SlotName name) {
    Frame there;
    try {
      there = fetch(name, FIRST_READ);
    } catch (ObjectNotFoundException | StoreUnavailableException e) {
      return new Append.Retry(e, true);
    } catch (DamageException e) {
      return new Append.Broken(e);
    }
    if (there.kind() == FrameKind.SEAL) {
      return new Append.Fenced(Seal.of(there));
    }
    if (there.identity().objectId().equals(commit.identity().objectId())) {
      return done(name);
    }
    throw new StoreFailedException(
        "Commit %d in epoch %d is not the one that this store made: %s holds another one. Only its owner writes to an epoch; the storage was copied, restored or written to by something else. Stop whatever else writes to it, and open the store again."
            .formatted(name.seq(), name.epoch(), name.key()));
  }

  @Override
  public boolean partIsFull() {
    return false;
  }

  @Override
  public int currentPart() {
    return 0;
  }

  // ---- reading --------------------------------------------------------------------------------

  @Override
  public @Nullable UUID storeId() {
    String after = null;
    DamageException unreadable = null;
    while (true) {
      List<Slot> page = page(SlotName.ROOT, after, SHORT_PAGE);
      for (Slot slot : page) {
        try {
          return fetch(slot).identity().storeId();
        } catch (DamageException e) {
          unreadable = unreadable == null ? e : unreadable;
        } catch (ObjectNotFoundException deleted) {
          continue; // since it was listed
        }
      }
      if (page.isEmpty()) {
        if (unreadable != null) {
          throw unreadable;
        }
        return null;
      }
      after = page.get(page.size() - 1).key();
    }
  }

  /** Every frame holds the whole manifest, so one is all, whatever is to be kept. */
  @Override
  public History history(Predicate<Frame> keep) {
    for (int tries = 0; tries < TRIES; tries++) {
      try {
        return newestCommit();
      } catch (ObjectNotFoundException deleted) {
        // Its owner made a newer one: look again.
      }
    }
    throw new StoreUnavailableException("The storage lists slots that it does not find");
  }

  /** A seal lies behind the newest commit of its epoch, so that one was there. */
  private static Damage missing(long version) {
    return new Damage("c/", -1, "commit " + version + ", the newest one, is missing");
  }

  private History newestCommit() {
    List<Damage> damages = new ArrayList<>();
    List<History.Unread> unread = new ArrayList<>();
    long newestVersion = ownEpoch < 0 ? -1 : lastSeq;
    String after = ownEpoch < 0 ? null : SlotName.folder(ownEpoch);
    while (true) {
      List<Slot> page = page(SlotName.ROOT, after, SHORT_PAGE);
      for (Slot slot : page) {
        Frame frame = null;
        try {
          frame = fetch(slot);
        } catch (DamageException e) {
          damages.add(0, e.damage());
          unread.add(new History.Unread(slot.name().epoch(), slot.name().seq(), null));
        }
        boolean seal = frame != null && frame.kind() == FrameKind.SEAL;
        if (newestVersion < 0) {
          newestVersion = seal ? firstBehind(slot.name()).seq() - 1 : slot.name().seq();
        }
        if (frame != null && !seal) {
          if (damages.isEmpty() && slot.name().seq() < newestVersion) {
            damages.add(missing(newestVersion));
          }
          return new History(
              List.of(new History.Located(frame.withoutBlocks(), 0)),
              0,
              damages,
              unread,
              newestVersion);
        }
      }
      if (page.isEmpty()) {
        if (damages.isEmpty() && newestVersion > 0) {
          damages.add(missing(newestVersion));
        }
        return new History(List.of(), 0, damages, unread, Math.max(0, newestVersion));
      }
      after = page.get(page.size() - 1).key();
    }
  }

  @Override
  public List<History.Located> before(History.Located first) {
    Frame.Identity identity = first.frame().identity();
    String after = new SlotName(identity.epoch(), identity.seq()).key();
    while (true) {
      List<Slot> page = page(SlotName.ROOT, after, 1);
      if (page.isEmpty()) {
        return List.of();
      }
      after = page.get(0).key();
      try {
        Frame frame = fetch(page.get(0));
        if (frame.kind() == FrameKind.COMMIT) {
          return List.of(new History.Located(frame.withoutBlocks(), 0));
        }
      } catch (DamageException | ObjectNotFoundException e) {
        continue; // there may be something older
      }
    }
  }

  @Override
  public List<Damage> verify(Range range) {
    List<Damage> damages = new ArrayList<>();
    Chain chain = new Chain();
    long[] expected = {range.from()};
    readAll(
        slots(range),
        (slot, commit) -> {
          if (slot.name().seq() > expected[0]) {
            chain.previous = null;
            damages.add(missing(range, expected[0], slot.name().seq() - 1));
          }
          expected[0] = slot.name().seq() + 1;
          try {
            chain.follow(commit.get(), slot);
          } catch (DamageException e) {
            damages.add(e.damage());
            chain.previous = null;
          }
        });
    if (expected[0] <= range.to()) {
      damages.add(missing(range, expected[0], range.to()));
    }
    return damages;
  }

  private static Damage missing(Range range, long from, long to) {
    return new Damage(
        new SlotName(range.epoch(), from).key(),
        -1,
        from == to ? "it is missing" : "it is missing, and all up to commit " + to);
  }

  @Override
  public void read(Range range, FrameReader reader) {
    List<Slot> slots = new ArrayList<>();
    for (Slot slot : slots(range)) {
      if (slot.name().seq() != range.from() + slots.size()) {
        break;
      }
      slots.add(slot);
    }
    Chain chain = new Chain();
    readAll(
        slots,
        (slot, commit) -> {
          Frame frame = commit.get();
          chain.follow(frame, slot);
          reader.frame(frame);
        });
    long next = range.from() + slots.size();
    if (next <= range.to()) {
      throw new DamageException(missing(range, next, next));
    }
  }

  /** Takes one slot; what it holds is there when it is asked for. */
  private interface SlotReader {
    void slot(Slot slot, Supplier<Frame> commit);
  }

  private void readAll(List<Slot> slots, SlotReader reader) {
    if (slots.size() < 2 || !workers.parallel()) {
      slots.forEach(slot -> reader.slot(slot, () -> commitIn(slot)));
      return;
    }
    ExecutorService fetchers =
        Executors.newFixedThreadPool(
            Math.min(AHEAD, slots.size()),
            work -> {
              Thread thread = new Thread(work, "pagurus-slots");
              thread.setDaemon(true);
              return thread;
            });
    try {
      readAhead(slots, reader, fetchers);
    } finally {
      fetchers.shutdown();
    }
  }

  private void readAhead(List<Slot> slots, SlotReader reader, ExecutorService fetchers) {
    Deque<Future<Frame>> ahead = new ArrayDeque<>();
    try {
      long bytes = 0;
      int next = 0;
      for (Slot slot : slots) {
        while (next < slots.size() && ahead.size() < AHEAD) {
          Slot fetched = slots.get(next);
          if (!ahead.isEmpty() && bytes + fetched.info().length() > AHEAD_BYTES) {
            break;
          }
          bytes += fetched.info().length();
          ahead.add(fetchers.submit(() -> commitIn(fetched)));
          next++;
        }
        Future<Frame> commit = ahead.remove();
        reader.slot(slot, () -> result(commit));
        bytes -= slot.info().length();
      }
    } finally {
      ahead.forEach(future -> future.cancel(false));
    }
  }

  /** Commits of which each must follow the one before. */
  private static final class Chain {
    private Frame.@Nullable Identity previous;

    void follow(Frame frame, Slot slot) {
      Frame.Identity before = previous;
      Frame.Identity identity = frame.identity();
      if (before != null && !before.storeId().equals(identity.storeId())) {
        throw new IncompatibleStateException(
            "The store id of %s is %s, that of the commit before it %s: they belong to different stores. Keep the objects of each store apart."
                .formatted(slot.key(), identity.storeId(), before.storeId()));
      }
      if (before != null && !before.objectId().equals(identity.previousId())) {
        throw damaged(slot.key(), "it does not follow the commit before it");
      }
      previous = identity;
    }
  }

  private static Frame result(Future<Frame> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("Interrupted while the log was read", e);
    }
  }

  private Frame commitIn(Slot slot) {
    Frame frame;
    try {
      frame = fetch(slot);
    } catch (ObjectNotFoundException e) {
      if (objects.list(slot.key(), null, 1).isEmpty()) {
        throw damaged(slot.key(), "it is missing");
      }
      throw new StoreUnavailableException("The storage lists what it does not find", e);
    }
    if (frame.kind() != FrameKind.COMMIT) {
      throw damaged(slot.key(), "it is a " + frame.kind() + " where a commit was");
    }
    return frame;
  }

  @Override
  public List<ObjectInfo> objects(Range range) {
    return slots(range).stream().map(Slot::info).toList();
  }

  // ---- deleting -------------------------------------------------------------------------------

  @Override
  public void delete(Range range) {
    Slot newest = newest(SlotName.folder(range.epoch()), null);
    for (Slot slot : slots(range)) {
      if (newest != null && slot.name().seq() < newest.name().seq()) {
        objects.delete(slot.key());
      }
    }
  }

  @Override
  public List<Range> olderThan(long epoch) {
    List<Range> ranges = new ArrayList<>();
    long inEpoch = -1;
    String after = SlotName.behind(epoch);
    while (true) {
      List<Slot> page = page(SlotName.ROOT, after, PAGE);
      for (Slot slot : page) {
        SlotName name = slot.name();
        Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
        if (name.epoch() != inEpoch) {
          inEpoch = name.epoch(); // its newest slot, which stays
        } else if (last != null && last.epoch() == inEpoch && last.from() == name.seq() + 1) {
          ranges.set(ranges.size() - 1, new Range(inEpoch, 0, name.seq(), last.to()));
        } else {
          ranges.add(new Range(inEpoch, 0, name.seq(), name.seq()));
        }
      }
      if (page.isEmpty()) {
        return ranges;
      }
      after = page.get(page.size() - 1).key();
    }
  }

  @Override
  public void close() {}

  // ---- slots ----------------------------------------------------------------------------------

  private @Nullable Slot newest(String prefix, @Nullable String startAfter) {
    List<Slot> page = page(prefix, startAfter, 1);
    return page.isEmpty() ? null : page.get(0);
  }

  /** Up to {@code max} slots, newest first; empty only behind the last one. */
  private List<Slot> page(String prefix, @Nullable String startAfter, int max) {
    String after = startAfter;
    while (true) {
      List<ObjectInfo> listed = objects.list(prefix, after, max);
      List<Slot> slots = new ArrayList<>(listed.size());
      for (ObjectInfo info : listed) {
        SlotName name = SlotName.of(info.key());
        if (name != null) {
          slots.add(new Slot(name, info));
        }
        after = info.key();
      }
      if (!slots.isEmpty() || listed.size() < max) {
        return slots;
      }
    }
  }

  /** The slots of {@code range} that are there, oldest first. */
  private List<Slot> slots(Range range) {
    List<Slot> slots = new ArrayList<>();
    if (range.isEmpty()) {
      return slots;
    }
    String after = new SlotName(range.epoch(), range.to()).next().key();
    while (true) {
      int max = (int) Math.min(PAGE, range.commits() - slots.size());
      List<Slot> page = max == 0 ? List.of() : page(SlotName.folder(range.epoch()), after, max);
      for (Slot slot : page) {
        if (slot.name().seq() >= range.from()) {
          slots.add(slot);
          after = slot.key();
        }
      }
      if (page.isEmpty() || page.get(page.size() - 1).name().seq() < range.from()) {
        Collections.reverse(slots);
        return slots;
      }
    }
  }

  /** The seal in a slot, null when there is a commit; reads no more of a commit than its header. */
  private @Nullable Seal sealIn(Slot slot) {
    byte[] front = objects.get(slot.key(), 0, Frame.HEADER_BYTES);
    Frame.Header header = Frame.header(ByteBuffer.wrap(front));
    if (header != null
        && header.kind() == FrameKind.COMMIT
        && isNamed(header.identity(), slot.name())) {
      return null;
    }
    Frame frame = fetch(slot);
    return frame.kind() == FrameKind.COMMIT ? null : sealOf(slot.name(), frame);
  }

  private static Seal sealOf(SlotName name, Frame frame) {
    if (frame.kind() != FrameKind.SEAL) {
      throw damaged(name.key(), "it is a " + frame.kind() + " where a seal or a commit must be");
    }
    return Seal.of(frame);
  }

  private Frame fetch(Slot slot) {
    return fetch(slot.name(), (int) Math.min(slot.info().length(), Integer.MAX_VALUE - 8));
  }

  /** Reads and verifies what is in a slot; {@code guess} is how long it may be. */
  private Frame fetch(SlotName name, int guess) {
    int reads = 1;
    while (true) {
      try {
        return fetchOnce(name, guess);
      } catch (DamageException e) {
        if (reads++ == READS) {
          throw e;
        }
      }
    }
  }

  private Frame fetchOnce(SlotName name, int guess) {
    byte[] bytes = objects.get(name.key(), 0, guess);
    Frame.Header header = Frame.header(ByteBuffer.wrap(bytes));
    if (header != null && bytes.length == guess && header.frameLength() > guess) {
      byte[] rest = objects.get(name.key(), guess, (int) (header.frameLength() - guess));
      bytes = Arrays.copyOf(bytes, guess + rest.length);
      System.arraycopy(rest, 0, bytes, guess, rest.length);
    }
    Frame frame = Frame.read(ByteBuffer.wrap(bytes), name.key(), 0);
    if (!isNamed(frame.identity(), name)) {
      throw damaged(
          name.key(),
          "it holds commit %d of epoch %d"
              .formatted(frame.identity().seq(), frame.identity().epoch()));
    }
    return frame;
  }

  private static boolean isNamed(Frame.Identity identity, SlotName name) {
    return identity.epoch() == name.epoch() && identity.seq() == name.seq();
  }

  private static DamageException damaged(String key, String what) {
    return new DamageException(new Damage(key, -1, what));
  }
}
