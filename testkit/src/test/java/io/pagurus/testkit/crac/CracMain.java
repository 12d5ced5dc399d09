package io.pagurus.testkit.crac;

import io.pagurus.StateCounter;
import io.pagurus.StateStore;
import io.pagurus.testkit.FaultyStorage;
import io.pagurus.testkit.engine.Storages;
import java.time.Duration;
import org.crac.CheckpointException;

/**
 * Checkpoints itself through {@code org.crac}, well and badly, and says what it found. Run with
 * {@code -Dorg.crac.Core.Compat=io.pagurus.testkit.crac}.
 */
final class CracMain {
  private CracMain() {}

  public static void main(String[] args) throws Exception {
    FaultyStorage storage = Storages.local();
    StateStore store =
        StateStore.builder().backend(storage).maxFlushWait(Duration.ofMillis(300)).open();
    StateCounter counter = store.counter("n");
    counter.increment();
    long epoch = store.status().epoch();
    Core.whileFrozen =
        () -> {
          System.out.println("OPEN " + storage.openBackends());
          try (StateStore other = StateStore.builder().backend(storage).open()) {
            System.out.println("OTHER " + other.counter("n").increment());
          }
        };
    org.crac.Core.checkpointRestore();
    System.out.println("FOUND " + counter.get());
    System.out.println("EPOCH " + (store.status().epoch() - epoch));

    storage.haltCommits();
    counter.increment();
    try {
      org.crac.Core.checkpointRestore();
      System.out.println("CHECKPOINTED");
    } catch (CheckpointException e) {
      System.out.println("REFUSED " + e.getSuppressed()[0].getMessage());
    }
    storage.goOn();
    store.flush();
    System.out.println("GOES ON " + counter.increment());
    store.close();
    System.out.println("CLOSED");
  }
}
