package io.pagurus.file;

import io.pagurus.internal.log.LogBackend;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Stores in files with everything small, so that parts roll, bases are written and garbage goes
 * many times a second, and restored lazily: whatever hits a process at a random moment often hits
 * one of these.
 */
final class SmallFiles implements BackendProvider {
  private static final long PART_BYTES = 16 << 10;

  private final Duration gcGrace;
  private final UnaryOperator<Disk> disk;

  /**
   * @param gcGrace how long garbage stays; zero unless somebody else reads beside the owner
   */
  SmallFiles(Duration gcGrace) {
    this(gcGrace, UnaryOperator.identity());
  }

  /**
   * @param disk what to put in front of the real disk
   */
  SmallFiles(Duration gcGrace, UnaryOperator<Disk> disk) {
    this.gcGrace = gcGrace;
    this.disk = disk;
  }

  @Override
  public Set<String> schemes() {
    return Set.of("file");
  }

  @Override
  public StateBackend open(BackendRequest request) {
    FileUrl url = FileUrl.parse(Objects.requireNonNull(request.url()));
    FileStorage storage =
        FileStorage.open(url, request, disk.apply(new LocalDisk(url.durability())), PART_BYTES);
    LogSettings settings =
        new LogSettings(
                /* reclaimBytes= */ 32 << 10,
                /* tailBytes= */ 64 << 10,
                /* partitionBytes= */ 32 << 10,
                /* mergeBytes= */ 64 << 10,
                gcGrace,
                /* keptCommits= */ 2)
            .with(new LogSettings.Restore(0, 2, 4 << 10, 3, 2)); // lazily, however small
    return new LogBackend(storage.toLogStorage(settings), request);
  }
}
