package io.pagurus.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One running {@code update} block: its changes to handles, private until it ends, and the keys it
 * has touched, which single writers wait for.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>There is at most one, {@link Engine#running}, and its thread holds the update lock.
 *   <li>Changes belong to the block's thread alone. Others ask {@link #holds} only.
 *   <li>A key is marked as touched inside the gate and under the lock that {@link
 *       ConcurrentHashMap#compute} holds for that key in the pending layer. A single writer asks
 *       {@link #holds} under the same lock. So either the writer's change is there before the block
 *       reads, or the writer sees the mark and waits.
 * </ol>
 */
final class Block {
  /** The block's own changes to one table. */
  static final class Changes {
    final Map<Object, Slot> slots = new HashMap<>();
    boolean hides;
  }

  private static final int STACK_FRAMES = 24;

  private final Thread thread = Thread.currentThread();
  private final long startedAt = System.nanoTime();
  private final boolean wholeStore;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Map<Table<?, ?>, Touched> touched = new ConcurrentHashMap<>();
  private final Map<Table<?, ?>, Changes> changes = new IdentityHashMap<>();
  private final List<Consumer<Boolean>> atEnd = new ArrayList<>();
  private long bytes;
  private @Nullable Throwable doom;
  private volatile boolean overtaken;

  private Block(boolean wholeStore) {
    this.wholeStore = wholeStore;
  }

  /** A block of the calling thread. */
  static Block begin() {
    return new Block(false);
  }

  /** Stands for an operation that replaces the whole store: every single writer waits for it. */
  static Block ofWholeStore() {
    return new Block(true);
  }

  // ---- for everybody ----------------------------------------------------------------------------

  boolean isMine() {
    return thread == Thread.currentThread();
  }

  /** Whether a single write to {@code key} has to wait. */
  boolean holds(Table<?, ?> table, Object key) {
    if (wholeStore) {
      return true;
    }
    Touched keys = touched.get(table);
    return keys != null && keys.contains(key);
  }

  /** Whether anything of {@code table} is the block's. */
  boolean hasTouched(Table<?, ?> table) {
    return wholeStore || touched.containsKey(table);
  }

  /** Waits for the end of the block; false when {@code deadline} came first. */
  boolean awaitEnd(Deadline deadline) throws InterruptedException {
    return ended.await(Math.max(0, deadline.leftNanos()), TimeUnit.NANOSECONDS);
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** Who runs it, for how long, and where it is now. */
  String describe() {
    StringBuilder text = new StringBuilder();
    text.append(wholeStore ? "a restore" : "an update block")
        .append(" of thread '")
        .append(thread.getName())
        .append("', running for ")
        .append(age().toMillis())
        .append(" ms, now at");
    StackTraceElement[] stack = thread.getStackTrace();
    for (int i = 0; i < Math.min(stack.length, STACK_FRAMES); i++) {
      text.append("\n    at ").append(stack[i]);
    }
    return text.toString();
  }

  /** The final save took its cut without waiting any longer: the block's changes are lost. */
  void overtake() {
    overtaken = true;
  }

  /** Has those who wait for the block look again: the store has come to a fault meanwhile. */
  void releaseWaiters() {
    ended.countDown();
  }

  boolean isOvertaken() {
    return overtaken;
  }

  // ---- for the block's thread -------------------------------------------------------------------

  @Nullable Changes changesTo(Table<?, ?> table) {
    return changes.get(table);
  }

  Map<Table<?, ?>, Changes> changes() {
    return changes;
  }

  Touched touchedOf(Table<?, ?> table) {
    return touched.computeIfAbsent(table, t -> new Touched());
  }

  /** Adds a change; the key is touched already. */
  void put(Table<?, ?> table, Object key, Slot slot) {
    Slot before = changes.computeIfAbsent(table, t -> new Changes()).slots.put(key, slot);
    bytes += slot.weight() - (before == null ? 0 : before.weight());
  }

  /** Clears; the table is touched already. */
  void clear(Table<?, ?> table) {
    Changes own = changes.computeIfAbsent(table, t -> new Changes());
    for (Slot slot : own.slots.values()) {
      bytes -= slot.weight();
    }
    own.slots.clear();
    own.hides = true;
  }

  long bytes() {
    return bytes;
  }

  /** An inner block failed: the whole block will be rolled back. */
  void doom(Throwable cause) {
    if (doom == null) {
      doom = cause;
    }
  }

  @Nullable Throwable doom() {
    return doom;
  }

  /** Has {@code action} told, on this thread, whether the block's changes were published. */
  void onEnd(Consumer<Boolean> action) {
    atEnd.add(action);
  }

  void end(boolean published) {
    ended.countDown();
    atEnd.forEach(action -> action.accept(published));
  }
}
