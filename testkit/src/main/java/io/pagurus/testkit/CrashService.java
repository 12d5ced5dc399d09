package io.pagurus.testkit;

import io.pagurus.AfterRestore;
import io.pagurus.OwnershipPolicy;
import io.pagurus.State;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.Stateful;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that is made to be killed: four writers, each of which counts up by one in every block,
 * in a plain field, in a map, in a log of its last steps and in a counter. It says what it did.
 *
 * <p>Lines: {@code S writer step} for what it found, then {@code READY}; {@code A writer step
 * millis} when a step has returned, {@code D writer step} when it is confirmed durable, {@code W
 * millis} for the loss window: what had returned before that time is safe; {@code P problem} while
 * the store has one, {@code END writer exception} when a writer had to stop.
 */
public final class CrashService {
  /** How many writers there are, counted from 0. */
  public static final int WRITERS = 4;

  private static final int LOG = 20;

  private CrashService() {}

  @Stateful("crash")
  public static final class Numbers {
    @State private Map<Integer, Long> field = new HashMap<>();
    @State private StateMap<Integer, Long> map;
    @State private StateMap<String, Long> log;
    @State private StateCounter steps;
    private boolean restored;

    /** To be bound. */
    public Numbers() {}

    @AfterRestore
    void restored() {
      restored = true;
    }

    /** Whether the store held a state when this was bound. */
    public boolean isRestored() {
      return restored;
    }

    /** The last step of {@code writer}. */
    public long last(int writer) {
      return map.getOrDefault(writer, 0L);
    }

    /** How many steps all writers made. */
    public long steps() {
      return steps.get();
    }

    /** One step of {@code writer}; everything it changes must be there together or not at all. */
    public long step(StateStore store, int writer) {
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
    public Map<String, String> faults() {
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

  /** The arguments are the URL and, if it is not the default, the ownership policy. */
  public static void main(String[] args) {
    StateStoreBuilder builder = StateStore.builder().url(args[0]);
    if (args.length > 1) {
      builder.ownership(OwnershipPolicy.valueOf(args[1]));
    }
    run(builder.open());
  }

  /** Works on {@code store} until the process ends. */
  public static void run(StateStore store) {
    Numbers numbers = store.bind(new Numbers());
    for (int writer = 0; writer < WRITERS; writer++) {
      System.out.println("S " + writer + " " + numbers.last(writer));
    }
    System.out.println("READY");
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      Thread thread = new Thread(() -> write(store, numbers, writer), "writer-" + writer);
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler(
          (t, e) -> {
            System.out.println("END " + writer + " " + e.getClass().getSimpleName());
            e.printStackTrace();
          });
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
