package io.pagurus.internal.log;

import io.pagurus.spi.OwnerId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Frames of one store. An OPEN frame lists in its head the versions and ids of all commits so far,
 * a commit only its own, so that a test can tell from what it reads what would be restored. Not
 * thread-safe.
 */
public final class SampleFrames {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  private final UUID storeId;
  private final Random random;

  public SampleFrames(UUID storeId, long seed) {
    this.storeId = storeId;
    this.random = new Random(seed);
  }

  public UUID storeId() {
    return storeId;
  }

  public UUID id() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** The commits a store has seen, oldest first. */
  public record Commits(List<UUID> ids) {
    public static final Commits NONE = new Commits(List.of());

    public Commits {
      ids = List.copyOf(ids);
    }

    public long version() {
      return ids.size();
    }

    public UUID newest() {
      return ids.isEmpty() ? Frame.NO_ID : ids.get(ids.size() - 1);
    }

    public Commits and(UUID id) {
      List<UUID> more = new ArrayList<>(ids);
      more.add(id);
      return new Commits(more);
    }
  }

  /** The commits that {@code history} restores. */
  public static Commits restored(History history) {
    Commits commits = Commits.NONE;
    for (History.Located located : history.frames()) {
      Frame frame = located.frame();
      if (frame.kind() != FrameKind.COMMIT) {
        List<UUID> ids = new ArrayList<>();
        ByteBuffer head = frame.head();
        while (head.hasRemaining()) {
          ids.add(new UUID(head.getLong(), head.getLong()));
        }
        commits = new Commits(ids);
      } else {
        commits = commits.and(frame.identity().objectId());
      }
    }
    return commits;
  }

  public Frame open(long epoch, Commits before) {
    return first(FrameKind.OPEN, epoch, before);
  }

  /** The newest of {@code commits} once more, in a new epoch. */
  public Frame carry(long epoch, Commits commits) {
    return first(FrameKind.CARRY, epoch, commits);
  }

  private Frame first(FrameKind kind, long epoch, Commits before) {
    ByteBuffer head = ByteBuffer.allocate(16 * before.ids().size());
    for (UUID id : before.ids()) {
      head.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
    return frame(kind, epoch, before.version(), before.newest(), Frame.NO_ID, head, 0);
  }

  /** The commit behind {@code before}, with about {@code bytes} of entries that do not shrink. */
  public Frame commit(long epoch, Commits before, int bytes) {
    return frame(
        FrameKind.COMMIT,
        epoch,
        before.version() + 1,
        id(),
        before.newest(),
        ByteBuffer.allocate(8),
        bytes);
  }

  private Frame frame(
      FrameKind kind, long epoch, long seq, UUID id, UUID previous, ByteBuffer head, int bytes) {
    Blocks.Writer blocks = new Blocks.Writer(id, Compression.FOR_COMMITS);
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    blocks.add(1, new byte[] {1, 2, 3}, value);
    return Frame.of(
        kind,
        new Frame.Identity(storeId, epoch, seq, id, previous, TIME),
        head.array(),
        blocks.finish());
  }

  public Seal seal(long epoch) {
    OwnerId owner = new OwnerId(id(), 17, "web-1", "boot", TIME, TIME);
    return new Seal(storeId, epoch, id(), owner, TIME);
  }
}
