package io.pagurus.jdbc;

import io.pagurus.AfterRestore;
import io.pagurus.State;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.Stateful;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that is made to be killed: four writers, each of which counts up by one in every block,
 * in a plain field, in a map, in a log of its last steps and in a counter. It says what it did.
 *
 * <p>Lines: {@code A writer step millis} when a step has returned, {@code D writer step} when it is
 * confirmed durable, {@code W millis} for the loss window: what had returned before that time is
 * safe; {@code P problem} while the store has one.
 */
final class CrashService {
  static final int WRITERS = 4;
  static final int LOG = 20;

  private CrashService() {}

  @Stateful("crash")
  static final class Numbers {
    @State Map<Integer, Long> field = new HashMap<>();
    @State StateMap<Integer, Long> map;
    @State StateMap<String, Long> log;
    @State StateCounter steps;
    boolean restored;

    @AfterRestore
    void restored() {
      restored = true;
    }

    /** One step of {@code writer}; everything it changes must be there together or not at all. */
    long step(StateStore store, int writer) {
      return store.update(
          () -> {
            long step = map.getOrDefault(writer, 0L) + 1;
            field.put(writer, step);
            map.put(writer, step);
            log.put(writer + "-" + step, step);
            log.remove(writer + "-" + (step - LOG));
            steps.increment();
            return step;
          });
    }

    /** What is wrong with the state, by writer; empty when it is one consistent cut. */
    Map<String, String> faults() {
      Map<String, String> faults = new TreeMap<>();
      long sum = 0;
      for (int writer = 0; writer < WRITERS; writer++) {
        long step = map.getOrDefault(writer, 0L);
        sum += step;
        if (field.getOrDefault(writer, 0L) != step) {
          faults.put("field " + writer, field.get(writer) + " beside map " + step);
        }
        for (long i = Math.max(1, step - LOG + 1); i <= step; i++) {
          if (log.get(writer + "-" + i) == null) {
            faults.put("log " + writer, i + " is missing, map has " + step);
          }
        }
        if (log.get(writer + "-" + (step + 1)) != null) {
          faults.put("log " + writer, (step + 1) + " is there, map has " + step);
        }
      }
      if (steps.get() != sum) {
        faults.put("counter", steps.get() + " instead of " + sum);
      }
      if (log.size() != log.asMap().keySet().stream().count()) {
        faults.put("size", String.valueOf(log.size()));
      }
      return faults;
    }
  }

  public static void main(String[] args) {
    StateStore store = StateStore.open(args[0]);
    Numbers numbers = store.bind(new Numbers());
    System.out.println("READY");
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      Thread thread = new Thread(() -> write(store, numbers, writer), "writer-" + writer);
      thread.setDaemon(true);
      thread.start();
    }
    while (true) {
      long now = System.currentTimeMillis(); // before the status, so that it promises no more
      long window = store.status().lossWindow().toMillis() + 1;
      System.out.println("W " + (now - window));
      String problem = store.status().problem();
      if (problem != null) {
        System.out.println("P " + problem);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static void write(StateStore store, Numbers numbers, int writer) {
    while (true) {
      long step = numbers.step(store, writer);
      System.out.println("A " + writer + " " + step + " " + System.currentTimeMillis());
      if (step % 16 == 0) {
        store.flush();
        System.out.println("D " + writer + " " + step);
      } else if (step % 5 == 0) {
        store.whenDurable().thenRun(() -> System.out.println("D " + writer + " " + step));
      }
    }
  }
}
