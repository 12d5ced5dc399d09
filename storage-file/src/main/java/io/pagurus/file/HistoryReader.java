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
 * <p>A part whose first frame is torn never began; the one before it is the newest. Used once.
 */
final class HistoryReader {
  private final Disk disk;
  private final Path directory;
  private final UUID storeId;
  private final List<Damage> newestFirst = new ArrayList<>();
  private long newestVersion;

  /** An epoch in which something newer than what is read now was found. */
  private long epochThatWentOn = -1;

  HistoryReader(Disk disk, Path directory, UUID storeId) {
    this.disk = disk;
    this.directory = directory;
    this.storeId = storeId;
  }

  History read(Collection<LogNames.Part> newestPartFirst) {
    for (LogNames.Part part : newestPartFirst) {
      try (PartReader reader = PartReader.open(disk, directory, part)) {
        History history = read(reader);
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
  private @Nullable History read(PartReader reader) {
    PartWalk walk = new PartWalk(reader, storeId);
    List<History.Located> frames = new ArrayList<>();
    try {
      add(frames, reader, walk.open());
    } catch (DamageException e) {
      judge(e.damage(), reader, 1, -1);
      return null;
    }
    long cut = 0;
    while (!walk.atEnd()) {
      try {
        add(frames, reader, walk.next());
      } catch (DamageException e) {
        if (!judge(e.damage(), reader, walk.offset(), walk.seq() + 1)) {
          cut = reader.length() - walk.offset();
        }
        break;
      }
    }
    return history(frames, cut);
  }

  private void add(List<History.Located> frames, PartReader reader, Frame frame) {
    frames.add(new History.Located(frame.withoutBlocks(), reader.part().number()));
    newestVersion = Math.max(newestVersion, frame.identity().seq());
  }

  /** Whether {@code found} is damage; if so, it is kept. */
  private boolean judge(Damage found, PartReader reader, long behind, long above) {
    long newer = reader.newestFrom(behind, storeId, above);
    newestVersion = Math.max(newestVersion, newer);
    boolean wentOn = newer >= 0 || epochThatWentOn == reader.part().epoch();
    if (wentOn) {
      epochThatWentOn = reader.part().epoch();
      newestFirst.add(found);
    }
    return wentOn;
  }

  private History history(List<History.Located> frames, long cut) {
    List<Damage> damages = new ArrayList<>(newestFirst);
    Collections.reverse(damages);
    return new History(frames, cut, damages, newestVersion);
  }
}
