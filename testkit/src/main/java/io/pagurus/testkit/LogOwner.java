package io.pagurus.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.internal.log.Append;
import io.pagurus.internal.log.Blocks;
import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.Compression;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.FrameKind;
import io.pagurus.internal.log.History;
import io.pagurus.internal.log.Range;
import io.pagurus.internal.log.Seal;
import io.pagurus.internal.log.Tip;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a commit log, as the engine is one: it seals, starts, and appends frames that follow
 * each other. Not thread-safe.
 */
public final class LogOwner {
  private static final Instant TIME = Instant.parse("2026-02-03T04:05:06.789Z");

  private final CommitLog log;
  private final Seal seal;
  private final History restored;
  private final List<Range> ranges = new ArrayList<>();
  private long version;
  private UUID commitId;

  private LogOwner(CommitLog log, Seal seal, History restored) {
    this.log = log;
    this.seal = seal;
    this.restored = restored;
    this.version = restored.newestVersion();
    List<History.Located> frames = restored.frames();
    this.commitId =
        frames.isEmpty()
            ? Frame.NO_ID
            : frames.get(frames.size() - 1).frame().identity().objectId();
  }

  /** A seal of {@code epoch}, by a new owner. */
  public static Seal sealOf(UUID storeId, long epoch) {
    return new Seal(storeId, epoch, UUID.randomUUID(), BackendFixture.thisProcess(), TIME);
  }

  /** Creates the log unless it is there, ends the current epoch and owns the next one. */
  public static LogOwner takeOver(CommitLog log) {
    UUID storeId = log.create(sealOf(UUID.randomUUID(), 0)).storeId();
    while (true) {
      Tip tip = requireNonNull(log.look());
      Seal seal = sealOf(storeId, tip.epoch());
      if (seal.equals(log.sealBusy(seal))) {
        return own(log, seal);
      }
    }
  }

  /** Goes on after {@code seal} was answered with itself. */
  public static LogOwner own(CommitLog log, Seal seal) {
    LogOwner owner = new LogOwner(log, seal, log.history());
    assertThat(owner.startPart()).isEqualTo(new Append.Done());
    return owner;
  }

  /** The log it owns. */
  public CommitLog log() {
    return log;
  }

  /** The epoch it owns. */
  public long epoch() {
    return seal.epoch() + 1;
  }

  /** The version of its newest commit, or the one it found. */
  public long version() {
    return version;
  }

  /** What it read when it took over. */
  public History restored() {
    return restored;
  }

  /** Where its commits are: one range for each part. */
  public List<Range> ranges() {
    return List.copyOf(ranges);
  }

  /** Begins a new part, where the log has parts. */
  public Append startPart() {
    return log.start(
        frame(FrameKind.OPEN, version, UUID.randomUUID(), "manifest of " + version, Blocks.NONE));
  }

  /** The commit that comes next; {@code text} is all it changes. */
  public Frame draft(String text) {
    return draft(Bytes.utf8(text));
  }

  /** The commit that comes next; {@code value} is all it changes. */
  public Frame draft(byte[] value) {
    UUID id = UUID.randomUUID();
    Blocks.Writer changes = new Blocks.Writer(id, Compression.RAW);
    changes.add(1, Bytes.utf8("key"), value);
    return frame(FrameKind.COMMIT, version + 1, id, "change " + (version + 1), changes.finish());
  }

  private Frame frame(FrameKind kind, long seq, UUID id, String head, Blocks blocks) {
    return Frame.of(
        kind,
        new Frame.Identity(seal.storeId(), epoch(), seq, id, commitId, TIME),
        Bytes.utf8(head),
        blocks);
  }

  /** Appends a draft, and counts it when it is done. */
  public Append append(Frame commit) {
    int part = log.currentPart();
    Append result = log.append(commit);
    if (result instanceof Append.Done && commit.identity().seq() == version + 1) {
      version++;
      commitId = commit.identity().objectId();
      Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
      if (last != null && last.part() == part) {
        ranges.set(ranges.size() - 1, new Range(epoch(), part, last.from(), version));
      } else {
        ranges.add(new Range(epoch(), part, version, version));
      }
    }
    return result;
  }

  /** Appends a commit that must be done. */
  public Frame commit(String text) {
    Frame frame = draft(text);
    assertThat(append(frame)).isEqualTo(new Append.Done());
    return frame;
  }

  /** The newest commit of {@code history}; null when there was never one. */
  public static @Nullable Frame newestCommit(History history) {
    Frame newest = null;
    for (History.Located located : history.frames()) {
      if (located.frame().kind() == FrameKind.COMMIT) {
        newest = located.frame();
      }
    }
    return newest;
  }

  /** The frames of {@code range}, as a connection reads them. */
  public static List<Frame> read(CommitLog log, Range range) {
    List<Frame> frames = new ArrayList<>();
    log.read(range, frames::add);
    return frames;
  }

  /** All bytes of a frame. */
  public static byte[] bytes(Frame frame) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuffer buffer : frame.bytes()) {
      byte[] part = new byte[buffer.remaining()];
      buffer.get(part);
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  /** All bytes of a frame, shown: equal for equal frames only. */
  public static String show(Frame frame) {
    Frame.Identity identity = frame.identity();
    return identity.epoch() + "." + identity.seq() + " " + Bytes.show(bytes(frame));
  }
}
