package io.pagurus.file;

import io.pagurus.internal.log.Append;
import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.Damage;
import io.pagurus.internal.log.DamageException;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.History;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.PutResult;
import io.pagurus.internal.log.Range;
import io.pagurus.internal.log.Seal;
import io.pagurus.internal.log.Tip;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log as files that only grow: {@code c/{epoch}.{part}.log}, and {@code c/{epoch}.seal}.
 *
 * <h2>Rules</h2>
 *
 * <ol>
 *   <li>The owner writes a frame, forces it, and <i>then</i> looks for the seal of its epoch. Only
 *       if that is certainly absent, and its own file certainly in place, the commit is confirmed.
 *       A new owner creates the seal first and reads afterwards: one of the two sees the other.
 *   <li>A frame that was not written completely is written again at the same offset; nothing is
 *       ever appended behind it.
 *   <li>After a failed force nothing more is confirmed in this epoch. What was written is not
 *       forced again: the system may have dropped it and would report success.
 *   <li>A frame that is durable and not confirmed (the look for the seal had no clear answer) is
 *       neither written nor forced again; the owner only looks again.
 *   <li>Before the first frame of a part is confirmed its name is forced, and with it the seal of
 *       the epoch before.
 * </ol>
 *
 * <p>What it deliberately cannot do: files are never truncated, renamed or opened again for
 * writing. What an interrupted write left behind stays there and is never taken for a commit.
 *
 * <p>The id of the store is learned from the seal of epoch 0.
 */
final class AppendFileLog implements CommitLog {
  /**
   * A part with so many bytes of commits is full. Its first frame does not count: a long manifest
   * would make each commit begin a part, and each part the manifest longer.
   */
  static final long PART_BYTES = 64 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(AppendFileLog.class);
  private static final int STAGING_BYTES = 256 << 10;

  private final Disk disk;
  private final Directories directories;
  private final Path directory;
  private final SealFiles seals;
  private final long partBytes;
  private volatile @Nullable UUID storeId;

  // What follows belongs to the thread of the owner.
  private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);

  /** The part that takes commits. */
  private volatile @Nullable PartWriter current;

  /** The part that is about to take its place; its first frame is not confirmed. */
  private @Nullable PartWriter next;

  /** The last one that was created, whatever became of it. */
  private volatile LogNames.@Nullable Part newest;

  /** The newest frame that was confirmed. */
  private UUID lastId = Frame.NO_ID;

  private long lastSeq;

  /** What every answer in an epoch is from some moment on, for good. */
  private @Nullable Append last;

  private long lastEpoch = -1;

  AppendFileLog(Disk disk, Directories directories, WriteOnceFiles files, long partBytes) {
    this.disk = disk;
    this.directories = directories;
    this.directory = directories.root().resolve(LogNames.DIRECTORY);
    this.seals = new SealFiles(disk, files, directory);
    this.partBytes = partBytes;
  }

  @Override
  public boolean manifestInEveryFrame() {
    return false;
  }

  // ---- epochs ---------------------------------------------------------------------------------

  @Override
  public Seal create(Seal first) {
    try {
      PutResult result = seals.create(first);
      if (result instanceof PutResult.Created) {
        storeId = first.storeId();
        return first;
      }
      if (result instanceof PutResult.Exists) {
        Seal found = seals.find(0);
        if (found != null && found.storeId().equals(Frame.NO_ID)) {
          UUID known = readStoreId(list()); // a damaged seal seals all the same
          found = new Seal(known, 0, found.id(), found.owner(), found.madeAt());
        }
        if (found != null) {
          storeId = found.storeId();
          return found;
        }
      }
      throw Unavailable.because("create the log in", directory, cause(result));
    } catch (IOException e) {
      throw Unavailable.because("read the first seal in", directory, e);
    }
  }

  private static @Nullable Throwable cause(PutResult result) {
    if (result instanceof PutResult.Unknown unknown) {
      return unknown.cause();
    }
    return result instanceof PutResult.NotCreated not ? not.cause() : null;
  }

  /** Nothing of it is there, and why. */
  private static Append notWritten(Path file, IOException cause) {
    return new Append.Retry(
        new IOException("Cannot write " + file + ": " + cause + "." + Unavailable.ADVICE, cause),
        false);
  }

  private LogListing list() {
    return LogListing.of(disk, directories);
  }

  @Override
  public @Nullable Tip look() {
    LogListing listing = list();
    if (listing.isEmpty()) {
      return null;
    }
    Long newestSeal = listing.seals().floor(listing.epoch() - 1);
    String newestFrame =
        listing.parts().isEmpty()
            ? ""
            : listing.parts().lastKey().file() + ":" + listing.parts().lastEntry().getValue();
    return new Tip(listing.epoch(), newestSeal == null ? null : sealIn(newestSeal), newestFrame);
  }

  private @Nullable Seal sealIn(long epoch) {
    try {
      return seals.find(epoch);
    } catch (IOException e) {
      throw Unavailable.because("read the seal of epoch " + epoch + " in", directory, e);
    }
  }

  @Override
  public @Nullable Seal seal(Seal record) {
    PutResult result = seals.create(record);
    Throwable cause = cause(result);
    if (result instanceof PutResult.Unknown || cause instanceof NoSuchFileException) {
      LOG.info("Whether epoch {} is sealed is not clear yet", record.epoch(), cause);
      return null; // no such file: the new owner tidied up behind those it took for dead
    }
    if (cause != null) {
      throw Unavailable.because("seal epoch " + record.epoch() + " in", directory, cause);
    }
    if (list().epoch() > record.epoch() + 1) {
      return null; // somebody went on beyond it
    }
    if (result instanceof PutResult.Created) {
      return record;
    }
    Seal found = sealIn(record.epoch());
    return found != null && found.id().equals(record.id()) ? record : found;
  }

  @Override
  public @Nullable Seal sealOf(long epoch) {
    NavigableSet<Long> from = list().seals().tailSet(epoch, true);
    return from.isEmpty() ? null : sealIn(from.last());
  }

  @Override
  public @Nullable UUID storeId() {
    return storeId(list());
  }

  private @Nullable UUID storeId(LogListing listing) {
    UUID known = storeId;
    if (known == null && !listing.isEmpty()) {
      known = readStoreId(listing);
      storeId = known;
    }
    return known;
  }

  private UUID readStoreId(LogListing listing) {
    try {
      for (long epoch : listing.seals()) {
        Seal seal = seals.find(epoch);
        if (seal != null && !seal.storeId().equals(Frame.NO_ID)) {
          return seal.storeId();
        }
      }
      for (LogNames.Part part : listing.parts().keySet()) {
        try (PartReader reader = PartReader.open(disk, directory, part)) {
          Frame.Header header = reader.header(0);
          if (header != null) {
            return header.identity().storeId();
          }
        } catch (NoSuchFileException e) {
          continue; // deleted since it was listed
        }
      }
    } catch (IOException e) {
      throw Unavailable.because("read the log in", directory, e);
    }
    throw new DamageException(
        new Damage(
            LogNames.DIRECTORY + "/" + LogNames.seal(0), -1, "it cannot be read, nor any other"));
  }

  // ---- the owner ------------------------------------------------------------------------------

  @Override
  public Append start(Frame open) {
    long epoch = open.identity().epoch();
    if (last != null && lastEpoch == epoch) {
      return last;
    }
    PartWriter writer = next;
    if (writer != null && !canTake(writer, open)) {
      Quietly.close(writer);
      next = null;
      writer = null;
    }
    if (writer == null) {
      LogNames.Part part = partAfter(newest, epoch);
      try {
        directories.need(directory);
        writer = PartWriter.create(disk, directory, part, staging);
      } catch (FileAlreadyExistsException e) {
        return last(
            epoch, new Append.Broken(e)); // an earlier try made it, and nobody knows what is in it
      } catch (IOException e) {
        return notWritten(directory.resolve(part.file()), e);
      }
      newest = part;
      next = writer;
    }
    Append result = accepted(put(writer, open), open);
    if (result instanceof Append.Done) {
      Quietly.close(current);
      current = writer;
      next = null;
    }
    return result;
  }

  /** A first frame that is durable is never overwritten: a successor may have read it already. */
  private static boolean canTake(PartWriter writer, Frame open) {
    return writer.part().epoch() == open.identity().epoch()
        && (!writer.awaits() || writer.awaits(open));
  }

  private static LogNames.Part partAfter(LogNames.@Nullable Part newest, long epoch) {
    return newest == null || newest.epoch() != epoch
        ? new LogNames.Part(epoch, 0)
        : new LogNames.Part(epoch, newest.number() + 1);
  }

  @Override
  public Append append(Frame commit) {
    long epoch = commit.identity().epoch();
    if (last != null && lastEpoch == epoch) {
      return last;
    }
    PartWriter writer = current;
    if (writer == null || next != null || writer.part().epoch() != epoch) {
      throw new IllegalStateException("No part of epoch " + epoch + " has begun");
    }
    Frame.Identity identity = commit.identity();
    if (identity.objectId().equals(lastId)) {
      return new Append.Done(); // it was confirmed, and must not come to lie here twice
    }
    if (identity.seq() != lastSeq + 1) {
      throw new IllegalStateException(
          "Commit " + identity.seq() + " cannot follow commit " + lastSeq);
    }
    if (writer.awaits() && !writer.awaits(commit)) {
      throw new IllegalStateException("Another commit is not confirmed yet");
    }
    return accepted(put(writer, commit), commit);
  }

  private Append accepted(Append result, Frame frame) {
    if (result instanceof Append.Done) {
      lastId = frame.identity().objectId();
      lastSeq = frame.identity().seq();
    }
    return result;
  }

  private Append put(PartWriter writer, Frame frame) {
    long epoch = writer.part().epoch();
    if (!writer.awaits(frame)) {
      try {
        writer.write(frame);
      } catch (ClosedChannelException e) {
        return last(epoch, new Append.Broken(e)); // an interrupt: this file takes no byte any more
      } catch (IOException e) {
        return notWritten(writer.path(), e);
      }
      try {
        boolean first = writer.end() == 0;
        writer.force(frame);
        if (first) {
          disk.forceDirectory(directory);
        }
      } catch (IOException e) {
        return last(epoch, new Append.Broken(e));
      }
    }
    return confirm(writer);
  }

  private Append confirm(PartWriter writer) {
    long epoch = writer.part().epoch();
    switch (seals.exists(epoch)) {
      case YES:
        try {
          Seal by = seals.find(epoch);
          if (by == null) {
            return unclear("The seal of epoch " + epoch + " vanished");
          }
          return last(epoch, new Append.Fenced(by));
        } catch (IOException e) {
          return new Append.Retry(e, true);
        }
      case UNKNOWN:
        return unclear("Whether epoch " + epoch + " is sealed cannot be seen in " + directory);
      case NO:
        break;
    }
    // A directory that went away, or came back as another one, would show no seal either.
    if (writer.inPlace() != Disk.Presence.YES) {
      return unclear(
          "The file "
              + writer.path()
              + " is no longer where it was. Check that its volume is mounted and that nobody"
              + " removed it");
    }
    writer.accept();
    return new Append.Done();
  }

  private static Append unclear(String why) {
    return new Append.Retry(new IOException(why), true);
  }

  private Append last(long epoch, Append answer) {
    last = answer;
    lastEpoch = epoch;
    return answer;
  }

  @Override
  public boolean partIsFull() {
    PartWriter writer = current;
    return writer != null && writer.grown() >= partBytes;
  }

  @Override
  public int currentPart() {
    PartWriter writer = current;
    return writer == null ? 0 : writer.part().number();
  }

  // ---- reading --------------------------------------------------------------------------------

  @Override
  public History history(Predicate<Frame> keep) {
    LogListing listing = list();
    UUID id = storeId(listing);
    return id == null
        ? History.NONE
        : new HistoryReader(disk, directory, id, keep).read(listing.parts().descendingKeySet());
  }

  @Override
  public List<History.Located> before(History.Located first) {
    LogListing listing = list();
    UUID id = storeId(listing);
    LogNames.Part part = new LogNames.Part(first.frame().identity().epoch(), first.part());
    return id == null
        ? List.of()
        : new HistoryReader(disk, directory, id, frame -> true)
            .read(listing.parts().headMap(part, false).descendingKeySet())
            .frames();
  }

  @Override
  public List<Damage> verify(Range range) {
    List<Damage> damages = new ArrayList<>();
    LogNames.Part part = part(range);
    UUID id = storeId;
    id = id == null ? storeId(list()) : id;
    try (PartReader reader = PartReader.open(disk, directory, part)) {
      verify(range, damages, reader, new PartWalk(reader, id == null ? Frame.NO_ID : id));
    } catch (NoSuchFileException e) {
      directories.requireRoot();
      damages.add(missing(part, range));
    } catch (IOException e) {
      throw Unavailable.because("read", directory.resolve(part.file()), e);
    }
    return damages;
  }

  private static void verify(Range range, List<Damage> damages, PartReader reader, PartWalk walk) {
    boolean goesOn = true;
    try {
      walk.open();
      if (walk.firstCommit() > range.from()) {
        damages.add(beginsBehind(range, reader, walk).damage());
      }
    } catch (DamageException e) {
      damages.add(e.damage());
      goesOn = walk.resume();
    }
    while (goesOn && walk.seq() < range.to()) {
      if (walk.atEnd()) {
        damages.add(endsBehind(range, reader, walk).damage());
        return;
      }
      try {
        if (walk.seq() + 1 < range.from()) {
          walk.skip();
        } else {
          walk.next();
        }
      } catch (DamageException e) {
        damages.add(e.damage());
        goesOn = walk.resume();
      }
    }
  }

  private static DamageException beginsBehind(Range range, PartReader reader, PartWalk walk) {
    return reader.damage(
        0,
        "the part begins with commit "
            + walk.firstCommit()
            + ": not all of "
            + commits(range)
            + " can be in it");
  }

  private static DamageException endsBehind(Range range, PartReader reader, PartWalk walk) {
    return reader.damage(
        walk.offset(), "the file ends behind commit " + walk.seq() + ", of " + commits(range));
  }

  private static Damage missing(LogNames.Part part, Range range) {
    return new Damage(part.key(), -1, "the file with " + commits(range) + " is missing");
  }

  private static LogNames.Part part(Range range) {
    return new LogNames.Part(range.epoch(), range.part());
  }

  @Override
  public void read(Range range, FrameReader frames) {
    if (range.isEmpty()) {
      return;
    }
    LogNames.Part part = part(range);
    UUID id = storeId;
    id = id == null ? storeId(list()) : id;
    try (PartReader reader = PartReader.open(disk, directory, part)) {
      read(range, frames, reader, new PartWalk(reader, id == null ? Frame.NO_ID : id));
    } catch (NoSuchFileException e) {
      directories.requireRoot();
      throw new DamageException(missing(part, range));
    } catch (IOException e) {
      throw Unavailable.because("read", directory.resolve(part.file()), e);
    }
  }

  private static void read(Range range, FrameReader frames, PartReader reader, PartWalk walk) {
    Frame open = walk.open();
    if (walk.firstCommit() > range.from()) {
      throw beginsBehind(range, reader, walk);
    }
    if (walk.seq() == range.from()) {
      frames.frame(open);
    }
    while (walk.seq() < range.to()) {
      if (walk.atEnd()) {
        throw endsBehind(range, reader, walk);
      }
      if (walk.seq() + 1 < range.from()) {
        walk.skip();
      } else {
        frames.frame(walk.next());
      }
    }
  }

  private static String commits(Range range) {
    return "commits " + range.from() + " to " + range.to();
  }

  @Override
  public List<ObjectInfo> objects(Range range) {
    LogNames.Part part = part(range);
    Long length = list().parts().get(part);
    return length == null ? List.of() : List.of(new ObjectInfo(part.key(), length));
  }

  @Override
  public void delete(Range range) {
    LogNames.Part part = part(range);
    PartWriter writer = current;
    if (part.equals(newest) || writer != null && part.equals(writer.part())) {
      throw new IllegalArgumentException(part.key() + " is in use");
    }
    Path file = directory.resolve(part.file());
    try {
      disk.delete(file); // not forced: that it may come back after a power cut does no harm
    } catch (NoSuchFileException e) {
      directories.requireRoot();
    } catch (IOException e) {
      throw Unavailable.because("delete", file, e);
    }
  }

  @Override
  public List<Range> olderThan(long epoch) {
    List<Range> ranges = new ArrayList<>();
    for (LogNames.Part part : list().parts().keySet()) {
      if (part.epoch() < epoch) {
        ranges.add(new Range(part.epoch(), part.number(), 1, Long.MAX_VALUE));
      }
    }
    return ranges;
  }

  @Override
  public void close() {
    Quietly.close(next);
    Quietly.close(current);
    next = null;
    current = null;
  }
}
