package io.pagurus.file;

import io.pagurus.StoreUnavailableException;
import io.pagurus.file.offheap.OffHeapTables;
import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.LeaseTurn;
import io.pagurus.internal.log.LiveTables;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.LogStorage;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.internal.log.Turn;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StoragePlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one store in files, made for each other.
 *
 * @param objects the objects
 * @param log the commits
 * @param turn whether the owner lives
 * @param live where the current entries are kept
 * @param root the directory of the store
 * @param source where the store is, for people
 * @param survives what a commit survives
 * @param heartbeat how often an idle owner must commit, or null
 */
record FileStorage(
    ObjectStore objects,
    CommitLog log,
    Turn turn,
    LiveTables live,
    Path root,
    String source,
    BackendInfo.Survives survives,
    @Nullable Duration heartbeat) {
  private static final int HEARTBEATS_PER_LEASE = 3;
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(20);

  private static final Logger LOG = LoggerFactory.getLogger(FileStorage.class);

  /** Creates the directories that are missing, unless it is opened for looking; owns nothing. */
  static FileStorage open(FileUrl url, BackendRequest request) {
    return open(url, request, new LocalDisk(url.durability()), AppendFileLog.PART_BYTES);
  }

  /**
   * As above, with a disk that may fail and parts of another size.
   *
   * @param partBytes how long a part of the append log gets
   */
  static FileStorage open(FileUrl url, BackendRequest request, Disk disk, long partBytes) {
    Path root = url.root(request.storeName());
    String source = url.source();
    Directories directories = new Directories(disk, root);
    FileSystemKind kind;
    FileUrl.LogForm form;
    try {
      if (!request.readOnly()) {
        directories.need(root);
      } else if (Files.notExists(root)) {
        throw new StoreUnavailableException(
            "There is no store '"
                + request.storeName()
                + "' at "
                + source
                + ", and opening for reading only creates none. Check the path and that its volume is"
                + " mounted, or try again when its owner has opened it once.");
      }
      kind = FileSystemKind.of(FileSystemKind.typeBelow(root));
      form = form(url, FileSystemKind.typeBelow(root), formThatIsThere(root));
    } catch (IOException e) {
      throw Unavailable.because("open", root, e);
    }
    WriteOnceFiles files = new WriteOnceFiles(disk, directories, request.self().id());
    ObjectStore objects = new DirectoryObjectStore(disk, directories, files);
    CommitLog log =
        switch (form) {
          case APPEND -> new AppendFileLog(disk, directories, files, partBytes);
          case SLOTS -> new SlotLog(objects);
        };
    LiveTables live =
        switch (url.live()) {
          case HEAP -> LiveTables.heap();
          case OFFHEAP -> offHeap(root, request);
        };
    boolean shared = kind == FileSystemKind.SHARED; // locks cannot be relied upon there
    return new FileStorage(
        objects,
        log,
        turn(shared, request, root, source, files),
        live,
        root,
        source,
        url.durability() == Durability.POWER
            ? BackendInfo.Survives.POWER_CUT
            : BackendInfo.Survives.PROCESS_DEATH,
        shared ? request.lease().dividedBy(HEARTBEATS_PER_LEASE) : null);
  }

  private static Turn turn(
      boolean shared, BackendRequest request, Path root, String source, WriteOnceFiles files) {
    if (request.readOnly()) {
      return new NoTurn();
    }
    return shared ? new LeaseTurn() : OwnerLocks.in(root, source, files::removeLeftovers);
  }

  /** One who only looks must not disturb the table of a running owner. */
  private static LiveTables offHeap(Path root, BackendRequest request) {
    return request.readOnly()
        ? OffHeapTables.passing(
            Path.of(System.getProperty("java.io.tmpdir"), "pagurus-view-" + request.self().id()))
        : OffHeapTables.in(root.resolve("live"));
  }

  /** The form of the log that a store has; null when it has none yet. */
  private static FileUrl.@Nullable LogForm formThatIsThere(Path root) throws IOException {
    Path commits = root.resolve(LogNames.DIRECTORY);
    if (!Files.isDirectory(commits)) {
      return null;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(commits)) {
      for (Path file : files) {
        return Files.isDirectory(file) ? FileUrl.LogForm.SLOTS : FileUrl.LogForm.APPEND;
      }
    }
    return null;
  }

  private static FileUrl.LogForm form(FileUrl url, String type, FileUrl.@Nullable LogForm there) {
    FileUrl.LogForm form = wanted(url, type, there);
    if (there != null && there != form) {
      throw new IllegalArgumentException(
          "The store at "
              + url.source()
              + " has the form log="
              + there.name().toLowerCase(Locale.ROOT)
              + ", and log="
              + form.name().toLowerCase(Locale.ROOT)
              + " is "
              + (url.log() == null ? "what its file system (" + type + ") needs" : "asked for")
              + ". A store keeps the form it was made with: leave the option out, or use another"
              + " directory.");
    }
    return form;
  }

  private static FileUrl.LogForm wanted(FileUrl url, String type, FileUrl.@Nullable LogForm there) {
    FileUrl.LogForm asked = url.log();
    switch (FileSystemKind.of(type)) {
      case LOCAL:
        break;
      case SHARED:
        if (asked == FileUrl.LogForm.APPEND) {
          throw new IllegalArgumentException(
              url.source()
                  + " is on a file system of type "
                  + type
                  + ", which is not known to be local. log=append needs a local one, because over a"
                  + " network a former owner may not see that it has been replaced. Leave the"
                  + " option out (log=slots is chosen then), or use a local disk.");
        }
        LOG.warn(
            "{} is on a file system of type {}, which is not known to be local: each commit is a"
                + " file of its own (log=slots), which is slower.",
            url.source(),
            type);
        return FileUrl.LogForm.SLOTS;
    }
    if (asked != null) {
      return asked;
    }
    return there == null ? FileUrl.LogForm.APPEND : there;
  }

  LogStorage toLogStorage() {
    return toLogStorage(LogSettings.DEFAULT);
  }

  LogStorage toLogStorage(LogSettings settings) {
    return new LogStorage(
        source,
        objects,
        log,
        turn,
        live,
        survives,
        COMMIT_INTERVAL,
        heartbeat,
        settings,
        () -> new StoragePlace(root, bytesBelow(root), false));
  }

  /** What the state takes; zero when it cannot be looked through, which only the doctor minds. */
  private static long bytesBelow(Path root) {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        bytes += attributes.isRegularFile() ? attributes.size() : 0;
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("Cannot tell how much {} holds", root, e); // an owner may delete files meanwhile
      return 0;
    }
    return bytes;
  }
}
