package io.pagurus.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.PutResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Another object store behind a bad network, on a bad disk, in a process that dies. A {@link Plan}
 * decides about each request; further methods damage what is stored. Thread-safe.
 */
public final class FaultyObjectStore implements ObjectStore {
  private final ObjectStore target;

  @GuardedBy("this")
  private final List<Runnable> inFlight = new ArrayList<>();

  private volatile Plan plan = Plan.NONE;
  private volatile boolean dead;

  @GuardedBy("this")
  private long steps;

  /** A store in front of {@code target}, without faults at first; closes it when it is closed. */
  public FaultyObjectStore(ObjectStore target) {
    this.target = target;
  }

  /** What a request asks for. */
  public enum Operation {
    PUT,
    GET,
    LIST,
    DELETE
  }

  /** What happens to a request. A read that is lost in any way fails as unavailable. */
  public enum Fault {
    NONE,
    /** It is done; the answer is lost. */
    LOSE_REPLY,
    /** It is lost on its way: not done, and nobody can know. */
    DROP,
    /** It is answered as certainly not done. */
    REFUSE,
    /** It is lost as it seems, and arrives when {@link #deliver} is called. */
    DELAY,
    /** It is done and answered, and arrives once more when {@link #deliver} is called. */
    DUPLICATE,
    /** The storage cannot be asked. */
    UNAVAILABLE,
    /** A read shows one bit that is not so; a write is not affected. */
    GARBLE,
    /** The process dies before it is done: this and each later call throws {@link Crash}. */
    CRASH_BEFORE,
    /** The process dies when it is done, without seeing the answer. */
    CRASH_AFTER
  }

  /** Decides about requests. */
  @FunctionalInterface
  public interface Plan {
    /** No faults. */
    Plan NONE = (operation, key, step) -> Fault.NONE;

    /**
     * The fault of one request. May do anything before it answers, for example what another process
     * does meanwhile.
     *
     * @param key the key, or the prefix of a listing
     * @param step counts the requests, from 0
     */
    Fault next(Operation operation, String key, long step);

    /** The next requests that write meet these faults, one after the other; then none. */
    static Plan writes(Fault... faults) {
      return script(true, faults);
    }

    /** The next requests that read meet these faults, one after the other; then none. */
    static Plan reads(Fault... faults) {
      return script(false, faults);
    }

    private static Plan script(boolean writes, Fault... faults) {
      Deque<Fault> left = new ArrayDeque<>(List.of(faults));
      return (operation, key, step) -> {
        boolean write = operation == Operation.PUT || operation == Operation.DELETE;
        synchronized (left) {
          return write != writes || left.isEmpty() ? Fault.NONE : left.remove();
        }
      };
    }

    /** The request {@code step} meets {@code fault}, and no other. */
    static Plan at(long step, Fault fault) {
      return (operation, key, current) -> current == step ? fault : Fault.NONE;
    }

    /** Each request meets one of {@code faults} with this probability. */
    static Plan random(Random random, double probability, Fault... faults) {
      List<Fault> some = List.of(faults);
      return (operation, key, step) ->
          random.nextDouble() < probability ? some.get(random.nextInt(some.size())) : Fault.NONE;
    }
  }

  /** Thrown by every call of a process that is dead. */
  public static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Crash() {
      super("The process was made to die here");
    }
  }

  // ---- faults of requests ---------------------------------------------------------------------

  /** Decides from now on; steps begin at 0 again. */
  public synchronized FaultyObjectStore plan(Plan newPlan) {
    plan = newPlan;
    steps = 0;
    return this;
  }

  /** How many requests the current plan has decided about. */
  public synchronized long steps() {
    return steps;
  }

  /** Requests that are still on their way. */
  public synchronized int inFlight() {
    return inFlight.size();
  }

  /** The oldest request that is still on its way arrives; its answer reaches nobody. */
  public FaultyObjectStore deliver() {
    Runnable request;
    synchronized (this) {
      if (inFlight.isEmpty()) {
        throw new IllegalStateException("nothing is on its way");
      }
      request = inFlight.remove(0);
    }
    request.run();
    return this;
  }

  private Fault decide(Operation operation, String key) {
    checkAlive();
    long step;
    synchronized (this) {
      step = steps++;
    }
    Fault fault = plan.next(operation, key, step);
    checkAlive();
    if (fault == Fault.CRASH_BEFORE) {
      throw die();
    }
    return fault;
  }

  private void checkAlive() {
    if (dead) {
      throw new Crash();
    }
  }

  private Crash die() {
    dead = true;
    return new Crash();
  }

  private synchronized void send(Runnable request) {
    inFlight.add(request);
  }

  private static IOException lost() {
    return new IOException("lost by the test");
  }

  private static StoreUnavailableException unavailable() {
    return new StoreUnavailableException("The storage was made unavailable by the test");
  }

  @Override
  public PutResult putIfAbsent(String key, ByteBuffer... data) {
    Fault fault = decide(Operation.PUT, key);
    switch (fault) {
      case UNAVAILABLE -> throw unavailable();
      case REFUSE -> {
        return new PutResult.NotCreated(new IOException("refused by the test"));
      }
      case DROP -> {
        return new PutResult.Unknown(lost());
      }
      case DELAY, DUPLICATE -> {
        byte[] copy = copy(data);
        send(() -> target.putIfAbsent(key, ByteBuffer.wrap(copy)));
        if (fault == Fault.DELAY) {
          return new PutResult.Unknown(lost());
        }
      }
      default -> {}
    }
    PutResult result = target.putIfAbsent(key, data);
    if (fault == Fault.CRASH_AFTER) {
      throw die();
    }
    return fault == Fault.LOSE_REPLY ? new PutResult.Unknown(lost()) : result;
  }

  private static byte[] copy(ByteBuffer... data) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(data).mapToInt(ByteBuffer::remaining).sum());
    for (ByteBuffer buffer : data) {
      all.put(buffer.duplicate());
    }
    return all.array();
  }

  @Override
  public void delete(String key) {
    Fault fault = decide(Operation.DELETE, key);
    switch (fault) {
      case UNAVAILABLE, REFUSE, DROP -> throw unavailable();
      case DELAY, DUPLICATE -> {
        send(() -> target.delete(key));
        if (fault == Fault.DELAY) {
          throw unavailable();
        }
      }
      default -> {}
    }
    target.delete(key);
    if (fault == Fault.CRASH_AFTER) {
      throw die();
    }
    if (fault == Fault.LOSE_REPLY) {
      throw unavailable();
    }
  }

  @Override
  public byte[] get(String key, long offset, int length) {
    Fault fault = decide(Operation.GET, key);
    byte[] bytes = read(fault, () -> target.get(key, offset, length));
    if (fault == Fault.GARBLE && bytes.length > 0) {
      bytes[bytes.length / 2] ^= 1;
    }
    return bytes;
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int max) {
    Fault fault = decide(Operation.LIST, prefix);
    return read(fault, () -> target.list(prefix, startAfter, max));
  }

  private <T> T read(Fault fault, Supplier<T> read) {
    return switch (fault) {
      case LOSE_REPLY, DROP, REFUSE, DELAY, UNAVAILABLE -> throw unavailable();
      case CRASH_AFTER -> throw die();
      default -> read.get();
    };
  }

  @Override
  public void close() {
    target.close();
  }

  // ---- damage to what is stored ---------------------------------------------------------------

  /** All bytes of an object, past any fault. */
  public byte[] content(String key) {
    return target.get(key, 0, Integer.MAX_VALUE - 8);
  }

  /** An object has other bytes: those of another one, or of an earlier time. */
  public FaultyObjectStore replace(String key, byte[] bytes) {
    target.delete(key);
    target.putIfAbsent(key, ByteBuffer.wrap(bytes));
    return this;
  }

  /** An object vanishes. */
  public FaultyObjectStore lose(String key) {
    target.delete(key);
    return this;
  }

  /** One bit of an object is another; bit 0 is the lowest of its first byte. */
  public FaultyObjectStore flip(String key, long bit) {
    byte[] bytes = content(key);
    bytes[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
    return replace(key, bytes);
  }

  /** An object ends after {@code length} bytes. */
  public FaultyObjectStore truncate(String key, int length) {
    return replace(key, Arrays.copyOf(content(key), length));
  }

  /** Two objects have each other's bytes. */
  public FaultyObjectStore swap(String one, String other) {
    byte[] bytes = content(one);
    replace(one, content(other));
    return replace(other, bytes);
  }
}
