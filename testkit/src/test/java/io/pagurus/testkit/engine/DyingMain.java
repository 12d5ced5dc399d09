package io.pagurus.testkit.engine;

import io.pagurus.StateException;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.testkit.FaultyStorage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A process that is asked to stop in the middle of an update block. It prints each key that a
 * commit has made durable; its storage is gone with it.
 */
final class DyingMain {
  private DyingMain() {}

  public static void main(String[] args) throws InterruptedException {
    FaultyStorage storage = Storages.local();
    storage.afterCommit(
        (commit, result) -> {
          commit
              .changes()
              .forEach(c -> say("saved " + new String(c.key(), StandardCharsets.UTF_8)));
          if (commit.release()) {
            say("released");
          }
        });
    StateStore store =
        StateStore.builder()
            .backend(storage)
            .commitInterval(Duration.ofHours(1))
            .maxWriteWait(Duration.ofMinutes(5))
            .gracePeriod(Duration.ofSeconds(4))
            .open();
    StateMap<String, Integer> map = store.map("m", String.class, Integer.class);
    map.put("completed", 1);
    store.update(() -> map.put("completed-block", 1));
    CountDownLatch inBlock = new CountDownLatch(1);
    Thread block = new Thread(() -> runBlock(store, map, inBlock, args[0]), "block");
    block.setDaemon(true);
    block.start();
    inBlock.await();
    if (args[0].equals("standstill")) {
      storage.haltCommits();
    }
    say("ready");
    new CountDownLatch(1).await(); // until it is ended
  }

  private static void runBlock(
      StateStore store, StateMap<String, Integer> map, CountDownLatch inBlock, String how) {
    try {
      store.update(
          () -> {
            map.put("in-block", 1);
            inBlock.countDown();
            if (how.equals("exit")) {
              System.exit(7);
            }
            while (true) {
              map.put("in-block", map.getOrDefault("in-block", 0) + 1);
            }
          });
    } catch (StateException e) {
      say("block got " + e.getClass().getSimpleName());
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
