package io.pagurus.file;

import io.pagurus.internal.log.Damage;
import io.pagurus.internal.log.DamageException;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.History;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the newest part that began, and reads what follows.
 *
 * <h2>Torn or damaged</h2>
 *
 * <p>A frame is forced before the next one is written, so only the last write can be torn. An
 * invalid frame therefore is
 *
 * <ul>
 *   <li><b>torn</b>, and without meaning, when nothing newer is found behind it in its epoch;
 *   <li><b>damaged</b> when there is: a header with a valid checksum, of this store and epoch and
 *       of a higher seq, at any offset behind it or in a later part.
 * </ul>
 *
 * <p>A part whose first frame is torn never began (one whose first frame is whole and belongs
 * somewhere else is damaged); the one before it is the newest. Used once.
 */
final class HistoryReader {
  private final Disk disk;
  private final Path directory;
  private final UUID storeId;
  private final List<Damage> newestFirst = new ArrayList<>();
  private final List<History.Unread> unread = new ArrayList<>();
  private final Predicate<Frame> keep;
  private long newestVersion;

  /** An epoch in which something newer than what is read now was found. */
  private long epochThatWentOn = -1;

  HistoryReader(Disk disk, Path directory, UUID storeId, Predicate<Frame> keep) {
    this.disk = disk;
    this.directory = directory;
    this.storeId = storeId;
    this.keep = keep;
  }

  History read(Collection<LogNames.Part> newestPartFirst) {
    List<LogNames.Part> parts = List.copyOf(newestPartFirst);
    for (int i = 0; i < parts.size(); i++) {
      LogNames.Part part = parts.get(i);
      try (PartReader reader = PartReader.open(disk, directory, part)) {
        History history = read(reader, i + 1 < parts.size() ? parts.get(i + 1) : null);
        if (history != null) {
          return history;
        }
      } catch (NoSuchFileException e) {
        continue; // deleted since it was listed
      } catch (IOException e) {
        throw Unavailable.because("read", directory.resolve(part.file()), e);
      }
    }
    return history(List.of(), 0);
  }

  /** Null when the part never began, or its beginning is damaged. */
  private @Nullable History read(PartReader reader, LogNames.@Nullable Part before)
      throws IOException {
    PartWalk walk = new PartWalk(reader, storeId);
    Located frames = new Located(reader.part().number());
    try {
      frames.add(walk.open());
      requireOrder(reader, walk.seq(), before);
    } catch (DamageException e) {
      judge(e.damage(), reader, 0, -1);
      return null;
    }
    long cut = 0;
    while (!walk.atEnd()) {
      try {
        frames.add(walk.next());
      } catch (DamageException e) {
        if (!judge(e.damage(), reader, walk.offset(), walk.seq() + 1)) {
          cut = reader.length() - walk.offset();
        }
        break;
      }
    }
    newestVersion = Math.max(newestVersion, walk.seq());
    return history(frames.all(), cut);
  }

  /**
   * A frame does not say which part of its epoch it is in, so two files that changed places are
   * found out by their order only.
   */
  private void requireOrder(PartReader reader, long seq, LogNames.@Nullable Part before)
      throws IOException {
    if (before == null || before.epoch() != reader.part().epoch()) {
      return;
    }
    try (PartReader older = PartReader.open(disk, directory, before)) {
      Frame.Header header = older.header(0);
      if (header != null && header.identity().seq() > seq) {
        throw reader.damage(
            0,
            "it begins with commit "
                + seq
                + ", though the part before it begins with commit "
                + header.identity().seq()
                + ": they are not what their names say");
      }
    } catch (NoSuchFileException e) {
      return; // deleted since it was listed
    }
  }

  /** The frames of a part that are wanted, and the newest. */
  private final class Located {
    private final int part;
    private final List<History.Located> all = new ArrayList<>();
    private @Nullable Frame unwanted;

    Located(int part) {
      this.part = part;
    }

    void add(Frame frame) {
      if (all.isEmpty() || keep.test(frame)) {
        all.add(new History.Located(frame.withoutBlocks(), part));
        unwanted = null;
      } else {
        unwanted = frame;
      }
    }

    List<History.Located> all() {
      if (unwanted != null) {
        all.add(new History.Located(unwanted.withoutBlocks(), part));
        unwanted = null;
      }
      return all;
    }
  }

  /**
   * Whether {@code found} is damage; if so, it is kept.
   *
   * @param from where the search for something newer begins
   */
  private boolean judge(Damage found, PartReader reader, long from, long above) {
    boolean wentOn = epochThatWentOn == reader.part().epoch() || isMisplaced(reader, from);
    long newer = above;
    for (PartReader.Found next = reader.next(Math.max(1, from), storeId, newer);
        next != null;
        next = reader.next(next.offset() + 1, storeId, newer)) {
      wentOn = true;
      Frame.Identity identity = next.identity();
      newer = identity.seq();
      unread.add(new History.Unread(identity.epoch(), newer, identity.time()));
    }
    newestVersion = Math.max(newestVersion, newer);
    if (wentOn) {
      epochThatWentOn = reader.part().epoch();
      newestFirst.add(found);
    }
    return wentOn;
  }

  /** A write that was interrupted leaves no whole frame: this one came from somewhere else. */
  private static boolean isMisplaced(PartReader reader, long offset) {
    try {
      return offset == 0 && reader.frame(0).length() > 0;
    } catch (DamageException e) {
      return false;
    }
  }

  private History history(List<History.Located> frames, long cut) {
    List<Damage> damages = new ArrayList<>(newestFirst);
    Collections.reverse(damages);
    return new History(frames, cut, damages, unread, newestVersion);
  }
}
