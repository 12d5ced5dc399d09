package io.pagurus.testkit.simulation;

import io.pagurus.internal.log.Workers;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on threads of which one goes on at a time. Each {@link #step} of a task is a point at
 * which another may go on instead, its process may die, or something happens outside; a random
 * generator with a seed decides. So the same seed is the same history.
 */
public final class Simulation {
  private static final int LONGEST = 100_000;

  private final Random random;
  private final ExecutorService threads;
  private final boolean tracing;
  private final List<String> trace = new ArrayList<>();
  private final List<Task> tasks = new ArrayList<>();
  private final List<Process> alive = new ArrayList<>();
  private final Semaphore ended = new Semaphore(0);

  private @Nullable Task current;
  private @Nullable Throwable failure;
  private Runnable outside = () -> {};
  private int steps;
  private int lastStep;
  private int crashEvery;
  private int sleepEvery;
  private int switchPercent;
  private boolean calm = true;
  private long pausedNanos;

  Simulation(long seed, ExecutorService threads, boolean tracing) {
    this.random = new Random(seed);
    this.threads = threads;
    this.tracing = tracing;
  }

  /** A process: what dies together. */
  public final class Process {
    private final String name;
    private boolean dead;

    /** The only task of it that may go on: it is inside a lock. */
    private @Nullable Task holder;

    private int running;

    private Process(String name) {
      this.name = name;
    }

    /**
     * Something is about to be done, or was just done. Others may go on here, and this process may
     * end here.
     */
    public void step(String what) {
      Simulation.this.step(this, what);
    }

    /** As {@link #step}, inside a lock that other threads of this process may wait for. */
    public void lockedStep(String what) {
      Task before = holder;
      holder = current;
      try {
        Simulation.this.step(this, what);
      } finally {
        holder = before;
      }
    }

    @Override
    public String toString() {
      return name;
    }

    Workers workers() {
      return new StepWorkers(this);
    }
  }

  /** A thread that goes on when it is told to. */
  private final class Task implements Runnable {
    private final Runnable body;
    private final Semaphore turn = new Semaphore(0);
    private @Nullable Process process;
    private int wakeAt;

    Task(@Nullable Process process, Runnable body) {
      this.process = process;
      this.body = body;
    }

    @Override
    public void run() {
      turn.acquireUninterruptibly();
      try {
        body.run();
      } catch (Crash crash) {
        trace("it is over");
      } catch (Throwable e) {
        fail(e);
      }
      tasks.remove(this);
      if (tasks.isEmpty()) {
        ended.release();
      } else {
        Task next = choose();
        current = next;
        next.turn.release();
      }
    }

    boolean mayGoOn() {
      Process mine = process;
      return mine == null || mine.holder == null || mine.holder == this;
    }
  }

  // ---- for those who take part ------------------------------------------------------------------

  /** Whether something happens that happens once in {@code n} times; never in calm times. */
  public boolean once(int n) {
    return !calm && n > 0 && random.nextInt(n) == 0;
  }

  /** A number from 0 to {@code bound - 1}. */
  public int pick(int bound) {
    return random.nextInt(bound);
  }

  /** A random generator of its own, seeded by this one. */
  public long seed() {
    return random.nextLong();
  }

  /** No faults: what happens now succeeds. */
  public boolean isCalm() {
    return calm;
  }

  /** Part of the story that is told when a history fails. */
  public void trace(String what) {
    if (tracing) {
      Task now = current;
      trace.add(
          steps + " " + (now == null || now.process == null ? "-" : now.process) + ": " + what);
    }
  }

  /** All processes end: the machine went down. */
  public void killAll() {
    trace("*** all processes end ***");
    for (Process process : alive) {
      process.dead = true;
    }
    alive.clear();
  }

  boolean isTracing() {
    return tracing;
  }

  List<String> trace() {
    return trace;
  }

  int steps() {
    return steps;
  }

  // ---- for the director -------------------------------------------------------------------------

  /** What may happen at each step, beside the processes. */
  void outside(Runnable what) {
    outside = what;
  }

  /** From now on there are faults, until so many steps later all processes end. */
  void storm(int length, int crashOnceIn, int sleepOnceIn, int switchesPercent) {
    calm = false;
    lastStep = steps + length;
    crashEvery = crashOnceIn;
    sleepEvery = sleepOnceIn;
    switchPercent = switchesPercent;
  }

  void calm() {
    calm = true;
  }

  boolean isOver() {
    return failure != null || (!calm && steps >= lastStep);
  }

  /** A new process, run by the current task. */
  Process process(String name) {
    Process process = new Process(name);
    alive.add(process);
    Objects.requireNonNull(current).process = process;
    return process;
  }

  void add(Runnable body) {
    add(new Task(null, body));
  }

  private void add(Task task) {
    tasks.add(task);
    threads.execute(task);
  }

  /** Until all tasks are at their end. */
  void run() {
    Task first = choose();
    current = first;
    first.turn.release();
    ended.acquireUninterruptibly();
    current = null;
    Throwable failed = failure;
    if (failed != null) {
      throw new AssertionError(failed.toString(), failed);
    }
  }

  void fail(Throwable e) {
    if (failure == null) {
      failure = e;
      trace("FAILED: " + e);
    }
    killAll();
  }

  void crash(Process process) {
    process.dead = true;
    alive.remove(process);
  }

  Clock clock() {
    return new StepClock();
  }

  // ---- steps ------------------------------------------------------------------------------------

  private void step(Process process, String what) {
    if (process.dead) {
      throw new Crash();
    }
    steps++;
    trace(what);
    if (failure == null && steps > lastStep + LONGEST) {
      fail(new AssertionError("It never ends"));
    }
    if (!calm) {
      outside.run();
      if (steps >= lastStep) {
        killAll();
      }
    }
    yieldTo(process);
    if (process.dead) {
      throw new Crash();
    }
    if (once(crashEvery)) {
      trace("*** crashes ***");
      crash(process);
      throw new Crash();
    }
  }

  private void yieldTo(Process process) {
    Task me = Objects.requireNonNull(current);
    boolean mayStay = me.mayGoOn();
    if (once(sleepEvery)) {
      int length = 1 + random.nextInt(200);
      trace("*** sleeps for " + length + " steps ***");
      me.wakeAt = steps + length;
      mayStay = false;
    }
    if (tasks.size() == 1 || (mayStay && random.nextInt(100) >= switchPercent)) {
      return;
    }
    Task next = choose();
    if (next != me) {
      current = next;
      next.turn.release();
      me.turn.acquireUninterruptibly();
    }
  }

  private Task choose() {
    List<Task> ready = new ArrayList<>();
    Task soonest = null;
    for (Task task : tasks) {
      if (task.mayGoOn()) {
        if (task.wakeAt <= steps || calm) {
          ready.add(task);
        }
        if (soonest == null || task.wakeAt < soonest.wakeAt) {
          soonest = task;
        }
      }
    }
    return ready.isEmpty()
        ? Objects.requireNonNull(soonest)
        : ready.get(random.nextInt(ready.size()));
  }

  // ---- what a process runs on -------------------------------------------------------------------

  private final class StepWorkers implements Workers {
    private final Process process;

    StepWorkers(Process process) {
      this.process = process;
    }

    @Override
    public ExecutorService background(String name) {
      return new Background(process);
    }

    @Override
    public boolean parallel() {
      return false;
    }

    @Override
    public void pause(long nanos) {
      pausedNanos += nanos;
      process.step("pauses");
    }

    @Override
    public long nanoTime() {
      return pausedNanos + steps * 1_000_000L;
    }
  }

  private final class Background extends java.util.concurrent.AbstractExecutorService {
    private final Process process;
    private boolean shutdown;

    Background(Process process) {
      this.process = process;
    }

    @Override
    public void execute(Runnable task) {
      process.running++;
      add(
          new Task(
              process,
              () -> {
                try {
                  if (!process.dead) {
                    task.run();
                  }
                } finally {
                  process.running--;
                }
              }));
    }

    @Override
    public void shutdown() {
      shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return shutdown;
    }

    @Override
    public boolean isTerminated() {
      return shutdown && process.running == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, java.util.concurrent.TimeUnit unit) {
      while (process.running > 0) {
        process.step("waits for its compactor");
      }
      return true;
    }
  }

  private final class StepClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(1_700_000_000_000L + steps);
    }
  }
}
