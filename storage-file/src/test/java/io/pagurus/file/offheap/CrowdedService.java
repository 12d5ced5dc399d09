package io.pagurus.file.offheap;

import io.pagurus.StateCounter;
import io.pagurus.StateStore;
import io.pagurus.lifecycle.Shutdown;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import net.openhft.chronicle.map.ChronicleMap;

/**
 * A service that has a Chronicle Map of its own, which its hook closes, beside a store that keeps
 * its state in others. Says {@code A n} when a count has returned, and when the store is saved,
 * {@code SAVED saved released} and whether the map is open then.
 */
final class CrowdedService {
  private CrowdedService() {}

  public static void main(String[] args) throws IOException {
    ChronicleMap<Integer, Integer> own =
        ChronicleMap.of(Integer.class, Integer.class)
            .entries(1_000)
            .createPersistedTo(Path.of(args[1]).toFile());
    StateStore store =
        StateStore.builder().url(args[0]).commitInterval(Duration.ofMinutes(5)).open();
    StateCounter counter = store.counter("count");
    Shutdown.onAfter(
        "look around",
        reports -> {
          System.out.println("SAVED " + reports.get(0).saved() + " " + reports.get(0).released());
          System.out.println("MAP " + own.isOpen());
        });
    while (true) {
      own.put(1, (int) counter.increment());
      System.out.println("A " + own.get(1));
    }
  }
}
