package io.pagurus.testkit;

import io.pagurus.DamagePolicy;
import io.pagurus.OwnershipPolicy;
import io.pagurus.internal.log.LeaseTurn;
import io.pagurus.internal.log.LiveTables;
import io.pagurus.internal.log.LogBackend;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.LogStorage;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.Seal;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.internal.log.Tip;
import io.pagurus.internal.log.Turn;
import io.pagurus.internal.log.Workers;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.OwnerId;
import io.pagurus.spi.StateBackend;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A bucket in memory, with a slot for each commit, that is compacted all the time into many small
 * partitions and restored lazily. Thread-safe as far as {@link OnDemand} is not used.
 */
final class LazyBucket implements BackendProvider {
  /** Everything is lazy, and a range is a part of a block. */
  static final LogSettings.Restore RESTORE = new LogSettings.Restore(0, 3, 700, 0);

  private static final String NAME = "default";

  static final LogSettings SETTINGS =
      new LogSettings(1, 1, 256, 1 << 20, Duration.ZERO, 2).with(RESTORE);

  private final Map<String, MemoryObjectStore> stores = new ConcurrentHashMap<>();
  private final LogSettings settings;
  private final UnaryOperator<ObjectStore> network;
  private final Workers workers;

  LazyBucket(LogSettings settings, UnaryOperator<ObjectStore> network, Workers workers) {
    this.settings = settings;
    this.network = network;
    this.workers = workers;
  }

  /** The objects of the store that {@link #own} opens, without the network. */
  MemoryObjectStore objects() {
    return objects(NAME);
  }

  private MemoryObjectStore objects(String store) {
    return stores.computeIfAbsent(store, name -> new MemoryObjectStore()).connect();
  }

  @Override
  public Set<String> schemes() {
    return Set.of("lazy");
  }

  @Override
  public StateBackend open(BackendRequest request) {
    ObjectStore connection = network.apply(objects(request.storeName()));
    return new LogBackend(
        new LogStorage(
            "lazy bucket",
            connection,
            new SlotLog(connection, workers),
            new DeadOrSilent(),
            LiveTables.heap(),
            BackendInfo.Survives.POWER_CUT,
            Duration.ofSeconds(1),
            request.lease().dividedBy(3),
            settings),
        request,
        workers);
  }

  /** Opens and owns, whoever owned before. */
  BackendOwner own() {
    return own(DamagePolicy.FAIL);
  }

  /** As {@link #own()}, under a policy. */
  BackendOwner own(DamagePolicy policy) {
    return BackendOwner.acquire(
        open(
            new BackendRequest(
                null,
                NAME,
                BackendFixture.thisProcess(),
                OwnershipPolicy.TAKE_OVER,
                BackendFixture.PATIENCE,
                BackendFixture.FOREVER,
                policy,
                false,
                Clock.systemUTC())));
  }

  /** Waits for a lease, unless the owner is certainly dead. */
  private static final class DeadOrSilent implements Turn {
    private final LeaseTurn lease = new LeaseTurn();

    @Override
    public Tip await(Supplier<Look> look, BackendRequest request) {
      Tip tip = look.get().tip();
      Seal seal = tip.seal();
      return seal != null && isDead(seal.owner()) ? tip : lease.await(look, request);
    }

    private static boolean isDead(OwnerId owner) {
      return owner.pid() == ProcessHandle.current().pid()
          && !ProcessHandle.current()
              .info()
              .startInstant()
              .equals(Optional.of(owner.processStart()));
    }

    @Override
    public void owning(long epoch) {}

    @Override
    public void close() {}
  }

  /** What goes on behind the back of the caller goes on when the test says so. */
  static final class OnDemand implements Workers {
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    /** Runs what was asked for since, and what that asks for. */
    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }

    /** Whoever asked for them is dead. */
    void forget() {
      tasks.clear();
    }

    @Override
    public ExecutorService background(String name) {
      return new AbstractExecutorService() {
        @Override
        public void execute(Runnable task) {
          tasks.add(task);
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
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
      };
    }

    @Override
    public boolean parallel() {
      return false;
    }
  }

  /** Lets each read of a segment take a while. */
  static ObjectStore slow(ObjectStore target) {
    return new FaultyObjectStore(target)
        .plan(
            (operation, key, step) -> {
              if (operation == FaultyObjectStore.Operation.GET && key.startsWith("s/")) {
                Workers.THREADS.pause(TimeUnit.MICROSECONDS.toNanos(300));
              }
              return FaultyObjectStore.Fault.NONE;
            });
  }
}
