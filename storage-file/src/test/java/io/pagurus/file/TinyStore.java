package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.LiveTables;
import io.pagurus.internal.log.LogBackend;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.LogStorage;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.Peek;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.internal.log.Tip;
import io.pagurus.internal.log.Turn;
import io.pagurus.internal.log.Workers;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StateBackend;
import io.pagurus.testkit.BackendOwner;
import io.pagurus.testkit.CommitDraft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A store in files that is compacted all the time, because it thinks that a few kilobytes are much.
 * Whoever opens it gets it. Not thread-safe.
 */
final class TinyStore {
  /** Both forms of the log. */
  enum Form {
    APPEND,
    SLOTS
  }

  static final int SPACES = 3;
  static final LogSettings SETTINGS = new LogSettings(2_000, 3_000, 4_000, 2_000, Duration.ZERO, 3);

  final Path root;
  final Form form;
  private final LogSettings settings;
  private final long partBytes;
  private Workers workers = Workers.THREADS;
  private Runnable beforeOpen = () -> {};
  private UnaryOperator<ObjectStore> before = objects -> objects;

  /** Bytes that were written, roughly: what files grew by. */
  final AtomicLong written = new AtomicLong();

  TinyStore(Path root, Form form, LogSettings settings, long partBytes) {
    this.root = root;
    this.form = form;
    this.settings = settings;
    this.partBytes = partBytes;
  }

  TinyStore(Path root, Form form) {
    this(root, form, SETTINGS, 2_000);
  }

  /** The same store somewhere else. */
  TinyStore at(Path other) {
    return new TinyStore(other, form, settings, partBytes).with(workers);
  }

  TinyStore with(Workers others) {
    workers = others;
    return this;
  }

  /** Runs something before each file that a backend opens to read. */
  TinyStore beforeOpen(Runnable action) {
    beforeOpen = action;
    return this;
  }

  /** Puts something in front of where a backend keeps its segments. */
  TinyStore before(UnaryOperator<ObjectStore> other) {
    before = other;
    return this;
  }

  /** Compacts and deletes when the test says so: the same files, whatever the machine. */
  static final class OnDemand extends AbstractExecutorService implements Workers {
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }

    @Override
    public ExecutorService background(String name) {
      tasks.clear(); // of the owner before
      return this;
    }

    @Override
    public boolean parallel() {
      return false;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void shutdown() {
      run();
    }

    @Override
    public List<Runnable> shutdownNow() {
      tasks.clear();
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return true;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }

  private record AtOnce() implements Turn {
    @Override
    public Tip await(Supplier<Look> look, BackendRequest request) {
      return look.get().tip();
    }

    @Override
    public void owning(long epoch) {}

    @Override
    public void close() {}
  }

  private ObjectStore objects(Disk disk) {
    Directories directories = new Directories(disk, root);
    return new DirectoryObjectStore(
        disk, directories, new WriteOnceFiles(disk, directories, UUID.randomUUID()));
  }

  CommitLog log() {
    return log(new LocalDisk(Durability.PROCESS));
  }

  private CommitLog log(Disk disk) {
    Directories directories = new Directories(disk, root);
    WriteOnceFiles files = new WriteOnceFiles(disk, directories, UUID.randomUUID());
    return form == Form.APPEND
        ? new AppendFileLog(disk, directories, files, partBytes)
        : new SlotLog(objects(disk));
  }

  Peek.View peek() {
    return Peek.at(log());
  }

  LogBackend backend(DamagePolicy policy) {
    Disk disk = new CountingDisk(new LocalDisk(Durability.PROCESS), written, beforeOpen);
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LogStorage storage =
        new LogStorage(
            "file:tiny",
            before.apply(objects(disk)),
            log(disk),
            new AtOnce(),
            LiveTables.heap(),
            BackendInfo.Survives.PROCESS_DEATH,
            Duration.ofMillis(20),
            null,
            settings);
    OwnerId self =
        new OwnerId(UUID.randomUUID(), 17, "host", "space", Instant.EPOCH, Instant.EPOCH);
    return new LogBackend(
        storage,
        new BackendRequest(
            "file:tiny",
            "tiny",
            self,
            OwnershipPolicy.TAKE_OVER,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            policy,
            false,
            Clock.systemUTC()),
        workers);
  }

  BackendOwner open(DamagePolicy policy) {
    LogBackend backend = backend(policy);
    boolean opened = false;
    try {
      BackendOwner owner = BackendOwner.acquire(backend);
      opened = true;
      return owner;
    } finally {
      if (!opened) {
        backend.close();
      }
    }
  }

  BackendOwner open() {
    return open(DamagePolicy.FAIL);
  }

  // ---- files ----------------------------------------------------------------------------------

  /** All files but the left-overs, by their names below the root. */
  Map<String, byte[]> files() {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(path).toString().replace('\\', '/');
        if (!name.startsWith("tmp/")) {
          try {
            files.put(name, Files.readAllBytes(path));
          } catch (NoSuchFileException e) {
            continue; // deleted meanwhile
          }
        }
      }
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return files(); // a directory changed while it was walked
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  static void write(Path root, Map<String, byte[]> files) {
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path = root.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long bytes() {
    long bytes = 0;
    for (byte[] file : files().values()) {
      bytes += file.length;
    }
    return bytes;
  }

  long segments() {
    return files().keySet().stream().filter(name -> name.startsWith("s/")).count();
  }

  // ---- content --------------------------------------------------------------------------------

  static List<List<String>> dump(StateBackend backend) {
    List<List<String>> all = new ArrayList<>();
    for (int space = 0; space < SPACES; space++) {
      int each = space;
      List<String> entries = new ArrayList<>();
      backend
          .scan(each, new byte[0], null, Integer.MAX_VALUE)
          .forEach(e -> entries.add(text(e.key()) + "=" + text(e.value())));
      assertThat(backend.count(space, List.of())).isEqualTo(entries.size());
      all.add(entries);
    }
    return all;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** What the store should hold after each commit. Not thread-safe. */
  static final class Model {
    private List<TreeMap<String, String>> spaces = empty();
    final Map<String, List<List<String>>> checkpoints = new LinkedHashMap<>();
    private final Map<String, List<TreeMap<String, String>>> kept = new HashMap<>();
    final Map<String, List<List<String>>> everKept = new HashMap<>();
    final Map<Long, List<List<String>>> states = new HashMap<>(Map.of(0L, show(empty())));
    final Map<Long, List<String>> checkpointsAt = new HashMap<>(Map.of(0L, List.of()));

    private static List<TreeMap<String, String>> empty() {
      List<TreeMap<String, String>> spaces = new ArrayList<>();
      for (int space = 0; space < SPACES; space++) {
        spaces.add(new TreeMap<>());
      }
      return spaces;
    }

    private static List<TreeMap<String, String>> copy(List<TreeMap<String, String>> spaces) {
      List<TreeMap<String, String>> copy = new ArrayList<>();
      spaces.forEach(space -> copy.add(new TreeMap<>(space)));
      return copy;
    }

    private static List<List<String>> show(List<TreeMap<String, String>> spaces) {
      return spaces.stream()
          .map(
              space -> space.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList())
          .toList();
    }

    List<List<String>> now() {
      return show(spaces);
    }

    long entries() {
      return spaces.stream().mapToLong(Map::size).sum();
    }

    void put(CommitDraft draft, int space, String key, String value) {
      draft.put(space, key, value);
      spaces.get(space).put(key, value);
    }

    /** One random commit. */
    void commit(BackendOwner owner, Random random, int keys) {
      owner.commit(
          draft -> {
            int what = random.nextInt(100);
            if (what < 6 && !checkpoints.isEmpty()) {
              String id = List.copyOf(checkpoints.keySet()).get(random.nextInt(checkpoints.size()));
              String undo = "undo-" + draft.version();
              draft.restore(id, undo);
              List<TreeMap<String, String>> target = copy(Objects.requireNonNull(kept.get(id)));
              keep(undo);
              spaces = target;
            }
            if (what >= 6 && what < 10) {
              int space = random.nextInt(SPACES);
              draft.clear(space);
              spaces.get(space).clear();
            }
            TreeMap<String, String> touched = new TreeMap<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
              int space = random.nextInt(SPACES);
              String key = "key-" + random.nextInt(keys);
              if (touched.put(space + key, "") != null) {
                continue;
              }
              if (random.nextInt(4) == 0) {
                draft.remove(space, key);
                spaces.get(space).remove(key);
              } else {
                byte[] value = new byte[random.nextInt(60)];
                random.nextBytes(value);
                put(draft, space, key, draft.version() + HexFormat.of().formatHex(value));
              }
            }
            if (what >= 10 && what < 20 && checkpoints.size() < 4) {
              String id = "checkpoint-" + draft.version();
              draft.checkpoint(id, null);
              keep(id);
            }
            if ((what >= 20 && what < 30 || checkpoints.size() > 5) && !checkpoints.isEmpty()) {
              String id = List.copyOf(checkpoints.keySet()).get(random.nextInt(checkpoints.size()));
              draft.drop(id);
              checkpoints.remove(id);
              kept.remove(id);
            }
          });
      states.put(owner.version(), now());
      checkpointsAt.put(owner.version(), List.copyOf(checkpoints.keySet()));
    }

    private void keep(String id) {
      kept.put(id, copy(spaces));
      checkpoints.put(id, show(spaces));
      everKept.put(id, show(spaces));
    }
  }
}
