package io.pagurus.internal.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The ordered, fenced history of one store. Two forms with the same contract: slots (one write-once
 * object per commit) and append files (frames, one {@code force} per commit).
 *
 * <h2>Words</h2>
 *
 * <ul>
 *   <li>An <b>epoch</b> is the time of one owner. It ends when somebody creates its <b>seal</b>;
 *       from then on no append in it is ever answered {@link Append.Done}.
 *   <li>A <b>frame</b> is the bytes of one commit, see {@link Frame}. Its {@code seq} is the
 *       version of the commit; versions never restart, so epoch {@code E+1} goes on counting where
 *       {@code E} ended.
 *   <li>The <b>current epoch</b> is the highest that exists: one more than the highest seal, or the
 *       highest with a frame.
 *   <li>A <b>part</b> is one append file. It begins with an {@link FrameKind#OPEN} frame that holds
 *       the full manifest, or, part 0 of an epoch, with a {@link FrameKind#CARRY} frame that also
 *       is the commit of its seq. Slots have no parts ({@code part} is 0) and neither frame; there
 *       every frame holds the full manifest.
 * </ul>
 *
 * <p>{@link #seal}, {@link #start} and {@link #append} are called by one thread at a time; reads by
 * any. A log that cannot be asked throws {@link io.pagurus.StoreUnavailableException}.
 */
public interface CommitLog extends AutoCloseable {
  /** True when each commit carries the full manifest, false when the OPEN frame of a part does. */
  boolean manifestInEveryFrame();

  /**
   * Creates the seal of epoch 0, which makes the log exist; without effect when it exists. The
   * record carries the id of the store: of two creators, the one whose seal is there decided it.
   *
   * @return the seal of epoch 0 that is there now
   */
  Seal create(Seal first);

  /** Looks, owns nothing and changes nothing. Null when there is no log at all. */
  @Nullable Tip look();

  /**
   * The id of the store, from whatever of the log can be read; null when there is no log.
   *
   * @throws DamageException when nothing of it can be read
   */
  @Nullable UUID storeId();

  /**
   * The newest frames that can be read: from the newest full manifest on, in order. Verified. Empty
   * when no commit was ever made.
   */
  default History history() {
    return history(frame -> true);
  }

  /**
   * As {@link #history()}, without those between the first and the last that {@code keep} does not
   * want: a part may hold hundreds of thousands.
   */
  History history(Predicate<Frame> keep);

  /**
   * What can be read of the frames before {@code first}, which begins a history or an answer of
   * this method: of the part or in the slot before it. Empty when there is nothing more.
   */
  List<History.Located> before(History.Located first);

  /**
   * Ends {@code epoch}. When it answers with {@code record} itself, the caller made the seal, owns
   * {@code epoch + 1} and must now read the {@link #history}, which is final. When it answers with
   * another record, somebody else did. Null when the owner moved on meanwhile or the answer was not
   * clear: look again.
   */
  @Nullable Seal seal(Seal record);

  /**
   * As {@link #seal}, for whoever takes over from an owner that goes on committing: there it does
   * not give way to a commit that came first, but goes on until the owner is stopped. Only under
   * {@link io.pagurus.OwnershipPolicy#TAKE_OVER}: others want to know that the owner lives.
   */
  default @Nullable Seal sealBusy(Seal record) {
    return seal(record);
  }

  /**
   * Begins a new part with {@code open}, in {@code epoch}: part 0 in a new epoch, else the next
   * one. Durable, the seal of the epoch before and the directory entries included, when it answers
   * {@link Append.Done}. After {@link Append.Retry} it must be called again, with the same frame or
   * one that replaces it, and nothing may be appended before it is done. Slots have nothing to do.
   */
  Append start(Frame open);

  /**
   * Appends a commit behind the newest frame: durable and owned when it answers {@link
   * Append.Done}. After {@link Append.Retry} the same frame must be sent again; after {@link
   * Append.Broken} this epoch can take no frame any more: {@link #seal} it and {@link #start} the
   * next one with that commit.
   */
  Append append(Frame commit);

  /** True when the part has grown so much that {@link #start} should begin a new one. */
  boolean partIsFull();

  /**
   * The place where the next appended commit goes: its range begins there and is empty yet.
   * Meaningful for the owner only.
   */
  int currentPart();

  /**
   * Hands the frames of {@code range} to {@code reader}, in order: its OPEN frame only if that one
   * carries a commit of the range.
   *
   * @throws DamageException when a frame of the range is missing or damaged; those before it were
   *     handed over
   */
  void read(Range range, FrameReader reader);

  /** Everything in {@code range} that is missing or fails verification. */
  List<Damage> verify(Range range);

  /** What the storage itself knows of this range, for reports: names and lengths of objects. */
  List<ObjectInfo> objects(Range range);

  /**
   * Removes what is in {@code range}. Of an append file, {@code range} covers the whole part. Never
   * removes a seal. What is not there is no error.
   */
  void delete(Range range);

  /**
   * Ranges that lie in the log and are older than {@code epoch}, as far as names can tell: a file
   * does not name its versions, there it is 1 to {@link Long#MAX_VALUE}.
   */
  List<Range> olderThan(long epoch);

  /** The newest seal that is newer than {@code epoch}, or of it; null when it is not sealed. */
  @Nullable Seal sealOf(long epoch);

  @Override
  void close();

  /** Takes the frames of a range. */
  @FunctionalInterface
  interface FrameReader {
    void frame(Frame frame);
  }

  /** The bytes of a frame as they go to storage. */
  static long length(ByteBuffer... data) {
    long length = 0;
    for (ByteBuffer buffer : data) {
      length += buffer.remaining();
    }
    return length;
  }
}
