package io.pagurus.file;

import io.pagurus.CheckpointRetention;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateException;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.CrashService;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A {@link CrashService} on {@link SmallFiles}, with enough content for several partitions, and
 * with checkpoints that come and go. Each block of the bulk writer changes two maps alike.
 */
final class SmallService {
  private static final int BULK_KEYS = 150;

  private SmallService() {}

  static StateStoreBuilder builder(String url) {
    return StateStore.builder()
        .url(url)
        .backend(new SmallFiles(Duration.ZERO))
        .retention(CheckpointRetention.keepLast(2));
  }

  public static void main(String[] args) {
    StateStoreBuilder builder = builder(args[0]);
    if (args.length > 1) {
      builder.ownership(OwnershipPolicy.valueOf(args[1]));
    }
    StateStore store = builder.open();
    start("bulk", () -> bulk(store));
    start("checkpoints", () -> checkpoints(store));
    CrashService.run(store);
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((t, e) -> e.printStackTrace());
    thread.start();
  }

  private static void bulk(StateStore store) {
    StateMap<Integer, byte[]> one = store.map("bulk", Integer.class, byte[].class);
    StateMap<Integer, byte[]> other = store.map("mirror", Integer.class, byte[].class);
    Random random = new Random();
    while (true) {
      int key = random.nextInt(BULK_KEYS);
      byte[] value = new byte[random.nextInt(1_000)];
      random.nextBytes(value);
      boolean remove = random.nextInt(4) == 0;
      store.update(
          () -> {
            if (remove) {
              one.remove(key);
              other.remove(key);
            } else {
              one.put(key, value);
              other.put(key, value);
            }
          });
      LockSupport.parkNanos(200_000);
    }
  }

  private static void checkpoints(StateStore store) {
    try {
      while (true) {
        store.checkpoint();
        LockSupport.parkNanos(50_000_000);
      }
    } catch (StateException e) {
      System.out.println("CHECKPOINTS END " + e.getClass().getSimpleName());
    }
  }

  /** What the bulk writer must never leave behind; empty when it did not. */
  static String torn(StateStore store) {
    StateMap<Integer, byte[]> one = store.map("bulk", Integer.class, byte[].class);
    StateMap<Integer, byte[]> other = store.map("mirror", Integer.class, byte[].class);
    for (int key = 0; key < BULK_KEYS; key++) {
      if (!Arrays.equals(one.get(key), other.get(key))) {
        return "key " + key + " differs";
      }
    }
    return one.size() == other.size() ? "" : one.size() + " and " + other.size() + " entries";
  }
}
