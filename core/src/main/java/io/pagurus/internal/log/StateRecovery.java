package io.pagurus.internal.log;

import io.pagurus.CorruptStateException;
import io.pagurus.DamagePolicy;
import io.pagurus.DamageReport;
import io.pagurus.IncompatibleStateException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.Recovery;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the state of a store and decides what to do when it fails verification.
 *
 * <p>Damage is only what was read completely and failed verification, or a name that something
 * verified refers to and the storage does not show. What cannot be reached, is newer or belongs to
 * another store throws under every policy.
 */
final class StateRecovery {
  static final String FORMAT_KEY = "FORMAT";

  /** Stands for the log as a whole. */
  private static final String LOG_KEY = "c/";

  /** How far {@link DamagePolicy#LAST_GOOD} looks back beyond the newest part or slot. */
  private static final int STEPS_BACK = 64;

  private static final int FORMAT_BYTES = 64 << 10;
  private static final int TRIES = 5;
  private static final int MOST_LOST_COMMITS = 1_000;

  private final LogStorage storage;
  private final BackendRequest request;
  private final Ids ids;
  private final Workers workers;
  private final RangeReads reads;

  /** What is wrong with FORMAT, which the log makes up for; null when nothing is. */
  private @Nullable Damage format;

  /** Set when there is a FORMAT and no log at all. */
  private @Nullable Damage noLog;

  StateRecovery(
      LogStorage storage, BackendRequest request, Ids ids, Workers workers, RangeReads reads) {
    this.reads = reads;
    this.storage = storage;
    this.request = request;
    this.ids = ids;
    this.workers = workers;
  }

  /**
   * A state that is ready to be served.
   *
   * @param manifest its manifest; its version is the highest that was ever seen
   * @param newest the frame of its newest commit and where it is; null when there is none or the
   *     state is an older one
   * @param table its entries
   * @param tailBytes how long its tail is
   * @param recovery how it was come by
   */
  record Restored(
      Manifest manifest,
      History.@Nullable Located newest,
      LiveTable table,
      long tailBytes,
      Recovery recovery) {
    Newest newestManifest() {
      return new Newest(manifest, newest == null ? 0 : newest.frame().identity().epoch());
    }
  }

  // ---- which store ------------------------------------------------------------------------------

  /**
   * The id of the store; null when there is none, or its making was interrupted before its first
   * commit.
   */
  @Nullable UUID storeId() {
    format = null;
    noLog = null;
    byte[] bytes;
    try {
      bytes = storage.objects().get(FORMAT_KEY, 0, FORMAT_BYTES);
    } catch (ObjectNotFoundException e) {
      Tip tip = storage.log().look();
      if (tip == null || (tip.epoch() <= 1 && history().frames().isEmpty())) {
        return null;
      }
      return storage.log().storeId(); // FORMAT only repeats it
    }
    Frame frame;
    try {
      frame = Frame.read(ByteBuffer.wrap(bytes), FORMAT_KEY, 0);
    } catch (DamageException e) {
      return unreadableFormat(e.damage().offset(), e.damage().what());
    }
    if (frame.kind() != FrameKind.FORMAT) {
      return unreadableFormat(0, "it is a " + frame.kind());
    }
    if (frame.length() != bytes.length) {
      return unreadableFormat(frame.length(), "more bytes than it should have");
    }
    if (storage.log().look() == null) {
      noLog = new Damage(LOG_KEY, -1, "there is no commit log beside FORMAT");
      if (request.damagePolicy() != DamagePolicy.EMPTY) {
        throw corrupt(List.of(noLog));
      }
    }
    return frame.identity().storeId();
  }

  private UUID unreadableFormat(long offset, String what) {
    Damage found = new Damage(FORMAT_KEY, offset, what);
    UUID storeId = request.damagePolicy() == DamagePolicy.FAIL ? null : storage.log().storeId();
    if (storeId == null) {
      throw corrupt(List.of(found));
    }
    format = found;
    return storeId;
  }

  /** Of commits that change nothing but entries only the newest is of interest. */
  private History history() {
    return storage.log().history(Head::matters);
  }

  /** Makes the store, or completes its making. */
  UUID create(@Nullable UUID known, Instant now) {
    UUID wanted = known == null ? ids.next() : known;
    // The log decides who made it; FORMAT only repeats it. A crash between the two leaves a log
    // without commits, which the next one completes.
    Seal first = storage.log().create(new Seal(wanted, 0, ids.next(), request.self(), now));
    UUID storeId = first.storeId();
    if (known != null && !known.equals(storeId)) {
      throw new IncompatibleStateException(
          "The commit log at " + storage.source() + " belongs to another store than its FORMAT");
    }
    Frame format =
        Frame.of(
            FrameKind.FORMAT,
            new Frame.Identity(storeId, 0, 0, storeId, Frame.NO_ID, first.madeAt()),
            new byte[0],
            Blocks.NONE);
    if (isWhole(format)) {
      return storeId;
    }
    storage.objects().delete(FORMAT_KEY); // damaged, and the policy allows to go on
    PutResult result = storage.objects().putIfAbsent(FORMAT_KEY, format.bytes());
    for (int attempt = 0; attempt < TRIES && !isThere(result); attempt++) {
      result = storage.objects().putIfAbsent(FORMAT_KEY, format.bytes());
    }
    if (result instanceof PutResult.NotCreated no) {
      throw notStored(no.cause());
    }
    if (result instanceof PutResult.Unknown unknown) {
      throw notStored(unknown.cause());
    }
    return storeId;
  }

  private static boolean isThere(PutResult result) {
    return result instanceof PutResult.Created || result instanceof PutResult.Exists;
  }

  private boolean isWhole(Frame format) {
    try {
      byte[] bytes = storage.objects().get(FORMAT_KEY, 0, FORMAT_BYTES);
      Frame found = Frame.read(ByteBuffer.wrap(bytes), FORMAT_KEY, 0);
      if (!found.identity().storeId().equals(format.identity().storeId())) {
        throw new IncompatibleStateException(
            "FORMAT at " + storage.source() + " belongs to another store than the commit log");
      }
      return found.length() == bytes.length;
    } catch (ObjectNotFoundException | DamageException e) {
      return false;
    }
  }

  private StoreUnavailableException notStored(Throwable cause) {
    return new StoreUnavailableException(
        "Store '"
            + request.storeName()
            + "': "
            + storage.source()
            + " cannot be written: "
            + cause.getMessage()
            + ". Nothing was changed; look at the storage and try again.",
        cause);
  }

  // ---- which state ------------------------------------------------------------------------------

  /**
   * The newest manifest that can be read.
   *
   * @param manifest the manifest
   * @param epoch the epoch that it was written in; 0 when there is no commit
   */
  record Newest(Manifest manifest, long epoch) {
    /** Whether the owner of {@code current} said goodbye. */
    boolean releasedIn(long current) {
      return manifest.released() && epoch == current;
    }
  }

  /** The newest manifest that can be read, without looking at entries. */
  Newest newestManifest() {
    History history = history();
    if (!history.damages().isEmpty() && request.damagePolicy() == DamagePolicy.FAIL) {
      throw corrupt(history.damages());
    }
    return newest(history, newest(Head.fold(history.frames())));
  }

  private static Newest newest(History history, Manifest manifest) {
    List<History.Located> frames = history.frames();
    long epoch = frames.isEmpty() ? 0 : frames.get(frames.size() - 1).frame().identity().epoch();
    return new Newest(manifest, epoch);
  }

  /** The last of {@code manifests}, or that of an empty store. */
  static Manifest newest(List<Manifest> manifests) {
    return manifests.isEmpty() ? Manifest.EMPTY : manifests.get(manifests.size() - 1);
  }

  /**
   * Throws when the newest state cannot be opened. Its owner may be at work: what is missing
   * because nothing needs it any more is not needed by a newer state, either. So damage is what two
   * states have in common that were looked at one after the other, or what is found while the owner
   * does nothing.
   */
  void requireWhole(UUID storeId) {
    StateLoader loader = loader(storeId);
    Manifest newest = newestManifest().manifest();
    List<Damage> damages = loader.auditToOpen(newest.image());
    for (int attempt = 0; attempt < TRIES && !damages.isEmpty(); attempt++) {
      Manifest next = newestManifest().manifest();
      List<Damage> again = loader.auditToOpen(next.image());
      boolean stands = next.version() == newest.version();
      if (!again.isEmpty() && (stands || !Collections.disjoint(damages, again))) {
        throw corrupt(again, segmentsOf(next));
      }
      newest = next;
      damages = again;
    }
    if (!damages.isEmpty()) {
      throw new StoreUnavailableException(
          "Store '"
              + request.storeName()
              + "': the state at "
              + storage.source()
              + " changed too fast to be verified before its owner is disturbed; the last time "
              + damages.get(0)
              + ". Nothing was changed; try again.");
    }
  }

  /** Loads states of that store. */
  StateLoader loader(UUID storeId) {
    return new StateLoader(storage, storeId, reads, request.storeName(), workers);
  }

  /**
   * The state to serve, under the policy of the request.
   *
   * <p>Only an owner restores lazily, because only an owner decides what is deleted; and only under
   * {@link DamagePolicy#FAIL}: to go back to an older state is decided before anybody reads.
   *
   * @param mayBeLazy whether the table may read what it serves later
   */
  Restored restore(UUID storeId, boolean mayBeLazy) {
    History history = history();
    Segments segments = new Segments(storage.objects(), storeId);
    history.frames().forEach(located -> segments.requireSameStore(located.frame()));
    StateLoader loader = loader(storeId);
    boolean lazily = mayBeLazy && request.damagePolicy() == DamagePolicy.FAIL;
    Set<Damage> damages = new LinkedHashSet<>(history.damages());
    if (noLog != null) {
      damages.add(noLog);
    } else if (history.frames().isEmpty() && damages.isEmpty() && holdsSegments()) {
      // Segments are made of commits: there were some.
      damages.add(new Damage(LOG_KEY, -1, "no commit is there, though there are segments of some"));
    }
    if (damages.isEmpty()) {
      Manifest newest = newest(Head.fold(history.frames()));
      Restored whole = whole(storeId, history, newest, loader, lazily, damages);
      if (whole != null) {
        return whole;
      }
    }
    history = storage.log().history(); // all of it, to name what is lost
    List<Manifest> manifests = Head.fold(history.frames());
    Manifest newest = newest(manifests);
    damages.addAll(loader.audit(newest.image()));
    newest.checkpoints().forEach(kept -> damages.addAll(loader.audit(kept.image())));
    List<Damage> found = List.copyOf(damages);
    return switch (request.damagePolicy()) {
      case FAIL -> throw corrupt(found, segmentsOf(newest));
      case LAST_GOOD -> lastGood(history, manifests, loader, found);
      case EMPTY ->
          older(
              history,
              newest,
              new Candidate(0, Image.EMPTY, List.of(), 0),
              storage.tables().create(0, 0),
              0,
              loader,
              found);
    };
  }

  private boolean holdsSegments() {
    return !storage.objects().list(SegmentRef.PREFIX, null, 1).isEmpty();
  }

  private @Nullable Restored whole(
      UUID storeId,
      History history,
      Manifest newest,
      StateLoader loader,
      boolean lazily,
      Set<Damage> damages) {
    History.Located located =
        history.frames().isEmpty() ? null : history.frames().get(history.frames().size() - 1);
    LiveTable left =
        storage.tables().reopen(new LiveTable.Mark(storeId, newest.version(), newest.commitId()));
    if (left != null) {
      return new Restored(
          newest,
          located,
          left,
          lengthOf(newest.image()),
          new Recovery(0, history.cut(), notedOnly(newest)));
    }
    StateLoader.Result result =
        lazily ? loader.loadLazily(newest.image(), newest.version(), newest.entries()) : null;
    if (result == null) {
      result = loader.load(newest.image(), newest.version(), newest.entries());
    }
    LiveTable table = result.table();
    if (table == null || !result.damages().isEmpty()) {
      damages.addAll(result.damages());
      if (table != null) {
        table.close();
      }
      return null;
    }
    return new Restored(
        table.isWhole() ? newest.counted(table.entries()) : newest,
        located,
        table,
        result.tailBytes(),
        new Recovery(loader.bytesRead(), history.cut(), notedOnly(newest)));
  }

  /** The report of damage that costs nothing, or null. */
  private @Nullable DamageReport notedOnly(Manifest newest) {
    return format == null
        ? null
        : report(List.of(format), Set.of(), List.of(), 0, newest.version(), List.of());
  }

  private long lengthOf(Image image) {
    long length = 0;
    for (Range range : image.tail()) {
      for (ObjectInfo object : storage.log().objects(range)) {
        length += object.length();
      }
    }
    return length;
  }

  /** A state to go back to. */
  private record Candidate(
      long version, Image image, List<Manifest.Kept> checkpoints, long entries) {}

  private Restored lastGood(
      History history, List<Manifest> manifests, StateLoader loader, List<Damage> damages) {
    Manifest newest = newest(manifests);
    StateLoader.@Nullable Result best = null;
    Candidate origin = null;
    List<Image> tried = new ArrayList<>();
    for (Candidate candidate : candidates(history, manifests)) {
      if (best != null && candidate.version <= best.version()) {
        break;
      }
      if (tried.stream().anyMatch(image -> isPrefix(candidate, image))) {
        continue; // it ends where that one did
      }
      tried.add(candidate.image);
      StateLoader.Result result =
          loader.load(candidate.image, candidate.version, candidate.entries);
      if (result.table() == null || (best != null && result.version() <= best.version())) {
        close(result);
        continue;
      }
      close(best);
      best = result;
      origin = candidate;
    }
    LiveTable table = best == null ? null : best.table();
    if (best == null || table == null || origin == null) {
      throw corrupt(damages, segmentsOf(newest));
    }
    Candidate good =
        new Candidate(best.version(), best.image(), origin.checkpoints, table.entries());
    return older(history, newest, good, table, best.tailBytes(), loader, damages);
  }

  private static void close(StateLoader.@Nullable Result result) {
    if (result != null && result.table() != null) {
      result.table().close();
    }
  }

  private static boolean isPrefix(Candidate candidate, Image tried) {
    return tried.upTo(candidate.version).equals(candidate.image.upTo(candidate.version));
  }

  /** Newest first. */
  private List<Candidate> candidates(History history, List<Manifest> manifests) {
    List<Candidate> candidates = new ArrayList<>();
    manifests.forEach(manifest -> candidates.add(candidate(manifest)));
    List<History.Located> frames = history.frames();
    for (int step = 0; step < STEPS_BACK && !frames.isEmpty(); step++) {
      frames = storage.log().before(frames.get(0));
      Head.fold(frames).forEach(manifest -> candidates.add(candidate(manifest)));
    }
    List<Manifest.Kept> kept = newest(manifests).checkpoints();
    for (Manifest.Kept one : kept) {
      candidates.add(new Candidate(one.checkpoint().version(), one.image(), kept, 0));
    }
    candidates.sort((a, b) -> Long.compare(b.version, a.version));
    return candidates;
  }

  private static Candidate candidate(Manifest manifest) {
    return new Candidate(
        manifest.version(), manifest.image(), manifest.checkpoints(), manifest.entries());
  }

  /** Goes back to {@code good}; everything else that is there is put aside. */
  private Restored older(
      History history,
      Manifest newest,
      Candidate good,
      LiveTable table,
      long tailBytes,
      StateLoader loader,
      List<Damage> damages) {
    List<Manifest.Kept> checkpoints =
        good.checkpoints.stream().filter(kept -> whole(loader, kept)).toList();
    Manifest kept =
        new Manifest(
            Math.max(newest.version(), history.newestVersion()),
            Frame.NO_ID,
            Frame.NO_ID,
            newest.committedAt(),
            table.entries(),
            false,
            good.image,
            checkpoints,
            List.of(),
            List.of());
    List<Piece> aside = everythingBut(kept);
    aside.addAll(newest.quarantined());
    Manifest manifest =
        new Manifest(
            kept.version(),
            ids.next(),
            Frame.NO_ID,
            kept.committedAt(),
            kept.entries(),
            false,
            kept.image(),
            checkpoints,
            List.of(),
            List.copyOf(new LinkedHashSet<>(aside)));
    List<String> put = new ArrayList<>(names(manifest.quarantined()));
    put.removeAll(names(needed(kept))); // a part may be needed as far as it is whole
    List<Damage> findings = new ArrayList<>(damages);
    if (format != null) {
      findings.add(format);
    }
    DamageReport report =
        report(
            findings,
            segmentsOf(newest),
            lost(history, good.version, kept.version()),
            kept.version() - good.version,
            good.version,
            put);
    return new Restored(
        manifest, null, table, tailBytes, new Recovery(loader.bytesRead(), history.cut(), report));
  }

  private static List<Piece> needed(Manifest manifest) {
    List<Piece> needed = new ArrayList<>(manifest.image().pieces());
    manifest.checkpoints().forEach(kept -> needed.addAll(kept.image().pieces()));
    return needed;
  }

  private static boolean whole(StateLoader loader, Manifest.Kept kept) {
    return loader.audit(kept.image()).isEmpty();
  }

  /** All there is of log and segments that {@code manifest} does not need. */
  private List<Piece> everythingBut(Manifest manifest) {
    Garbage garbage = new Garbage(false); // commit by commit: also the rest of a part in use
    List<Piece> rest = new ArrayList<>();
    List<Piece> needed = manifest.needed();
    for (Range range : storage.log().olderThan(Long.MAX_VALUE)) {
      rest.addAll(garbage.without(range, needed));
    }
    for (SegmentRef segment : SegmentListing.all(storage.objects())) {
      if (!SegmentListing.contains(needed, segment)) {
        rest.add(segment);
      }
    }
    return rest;
  }

  private List<String> names(List<Piece> pieces) {
    Set<String> names = new LinkedHashSet<>();
    for (Piece piece : pieces) {
      if (piece instanceof SegmentRef segment) {
        names.add(segment.key());
      } else if (piece instanceof Range range) {
        storage.log().objects(range).forEach(object -> names.add(object.key()));
      }
    }
    return List.copyOf(names);
  }

  // ---- reports ----------------------------------------------------------------------------------

  /** The newest of the commits behind {@code restored}, with what is known of them. */
  private static List<DamageReport.LostCommit> lost(History history, long restored, long newest) {
    Map<Long, DamageReport.LostCommit> known = new HashMap<>();
    for (History.Unread unread : history.unread()) {
      known.put(
          unread.version(),
          new DamageReport.LostCommit(unread.epoch(), unread.version(), unread.time()));
    }
    for (Manifest manifest : Head.fold(history.frames())) {
      for (Range range : manifest.image().tail()) {
        for (long v = Math.max(range.from(), restored + 1); v <= range.to(); v++) {
          known.putIfAbsent(v, new DamageReport.LostCommit(range.epoch(), v, null));
        }
      }
    }
    for (History.Located located : history.frames()) {
      Frame.Identity identity = located.frame().identity();
      known.put(
          identity.seq(),
          new DamageReport.LostCommit(identity.epoch(), identity.seq(), identity.time()));
    }
    List<DamageReport.LostCommit> lost = new ArrayList<>();
    for (long v = Math.max(restored, newest - MOST_LOST_COMMITS) + 1; v <= newest; v++) {
      lost.add(known.getOrDefault(v, new DamageReport.LostCommit(0, v, null)));
    }
    return lost;
  }

  private static Set<SegmentRef> segmentsOf(Manifest manifest) {
    Set<SegmentRef> segments = new LinkedHashSet<>(manifest.image().distinctBases());
    manifest.checkpoints().forEach(kept -> segments.addAll(kept.image().distinctBases()));
    return segments;
  }

  private DamageReport report(
      List<Damage> damages,
      Set<SegmentRef> segments,
      List<DamageReport.LostCommit> lost,
      long lostCount,
      long restored,
      List<String> quarantined) {
    Map<String, Long> entries = new HashMap<>();
    segments.forEach(segment -> entries.put(segment.key(), segment.entries()));
    return new DamageReport(
        storage.source(),
        request.damagePolicy(),
        damages.stream()
            .map(
                d ->
                    new DamageReport.Finding(
                        d.object(), d.offset(), d.what(), entries.getOrDefault(d.object(), -1L)))
            .toList(),
        lost,
        lostCount,
        restored,
        quarantined);
  }

  CorruptStateException corrupt(List<Damage> damages) {
    return corrupt(damages, Set.of());
  }

  /** What a reader is told who needs a part of a lazily restored state that fails verification. */
  CorruptStateException corruptPart(Damage damage, Image image) {
    DamageReport report =
        report(
            List.of(damage),
            new LinkedHashSet<>(image.distinctBases()),
            List.of(),
            0,
            -1,
            List.of());
    return new CorruptStateException(
        "Store '"
            + request.storeName()
            + "': "
            + report.describe()
            + "\nIt was found after opening, because this store restores lazily. Nothing more is"
            + " committed, so that nothing is built on it. Keep a copy, then open with"
            + " onDamage(LAST_GOOD) to go back to the newest state that verifies, or with"
            + " onDamage(EMPTY) to start afresh; both put the damaged objects aside.",
        report);
  }

  private CorruptStateException corrupt(List<Damage> damages, Set<SegmentRef> segments) {
    DamageReport report = report(damages, segments, List.of(), 0, -1, List.of());
    String next =
        switch (request.damagePolicy()) {
          case FAIL ->
              "Nothing was changed. Keep a copy, then open with onDamage(LAST_GOOD) to go back to"
                  + " the newest state that verifies, or with onDamage(EMPTY) to start afresh; both"
                  + " put the damaged objects aside.";
          case LAST_GOOD ->
              "No older commit and no checkpoint verifies. Nothing was changed. Keep a copy, then"
                  + " open with onDamage(EMPTY) to start afresh; the damaged objects are put aside.";
          case EMPTY -> "Nothing was changed.";
        };
    return new CorruptStateException(
        "Store '" + request.storeName() + "': " + report.describe() + "\n" + next, report);
  }
}
