package io.pagurus.file;

import io.pagurus.CheckpointRetention;
import io.pagurus.Durability;
import io.pagurus.OwnershipLostException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that takes a store over, again and again, whoever has it, until a line comes. Meanwhile
 * it makes links of a chain: entry {@code n} is {@code id previous-id}, {@code last} counts.
 *
 * <p>Lines: {@code C n id} when a link is confirmed, {@code L n id} when the store was lost with
 * it, {@code X problem} for what must not happen.
 */
final class Racer {
  private Racer() {}

  static StateStoreBuilder builder(String url, boolean small) {
    StateStoreBuilder builder = StateStore.builder().url(url).durability(Durability.SYNC);
    if (small) {
      // The other one may be reading: this is what the grace time is for.
      builder
          .backend(new SmallFiles(Duration.ofSeconds(5)))
          .retention(CheckpointRetention.keepLast(2));
    }
    return builder;
  }

  static StateMap<Integer, String> chain(StateStore store) {
    return store.map("chain", Integer.class, String.class);
  }

  public static void main(String[] args) throws IOException {
    String name = args[2];
    Random random = new Random();
    System.out.println("READY");
    for (int session = 0; System.in.available() == 0; session++) {
      LockSupport.parkNanos(random.nextInt(100) * 1_000_000L);
      try (StateStore store =
          builder(args[0], Boolean.parseBoolean(args[1]))
              .ownership(OwnershipPolicy.TAKE_OVER)
              .open()) {
        work(store, name + session);
      } catch (OwnershipLostException e) {
        continue;
      } catch (RuntimeException e) {
        System.out.println("X " + e);
        e.printStackTrace();
      }
    }
    System.out.println("DONE");
  }

  private static void work(StateStore store, String session) throws IOException {
    StateMap<Integer, String> chain = chain(store);
    int n = Math.toIntExact(chain.size());
    String previous = n == 0 ? "none" : chain.getOrDefault(n - 1, "").split(" ")[0];
    for (int i = 0; System.in.available() == 0; i++) {
      String id = session + "-" + i;
      int at = n + i;
      String before = previous;
      try {
        store.update(
            () -> {
              chain.put(at, id + " " + before);
              store.counter("length").increment();
            });
      } catch (OwnershipLostException e) {
        System.out.println("L " + at + " " + id);
        return;
      }
      System.out.println("C " + at + " " + id);
      previous = id;
    }
  }
}
