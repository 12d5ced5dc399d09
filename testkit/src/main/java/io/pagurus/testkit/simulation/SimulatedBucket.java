package io.pagurus.testkit.simulation;

import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.LeaseTurn;
import io.pagurus.internal.log.LiveTables;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.LogStorage;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.PutResult;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.internal.log.Workers;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.OwnerId;
import io.pagurus.testkit.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bucket behind a network that drops, delays and repeats requests and loses replies. Objects are
 * seen whole, and at once, by everybody.
 */
public final class SimulatedBucket implements SimulatedMachine {
  private final Simulation simulation;
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final List<Late> late = new ArrayList<>();
  private final Map<Simulation.Process, Integer> deletes = new HashMap<>();
  private final int faultEvery;
  private int allDeletes;

  /** An empty one. */
  public SimulatedBucket(Simulation simulation) {
    this.simulation = simulation;
    int[] rates = {0, 60, 20, 8, 4};
    this.faultEvery = rates[simulation.pick(5)];
  }

  /** A request that is still under way. */
  private record Late(String what, Runnable arrival) {}

  @Override
  public LogStorage open(
      Simulation.Process process, OwnerId self, Workers workers, LogSettings settings) {
    ObjectStore connection = new Connection(process);
    return new LogStorage(
        "simulated bucket",
        connection,
        new SlotLog(connection, workers),
        new LeaseTurn(),
        LiveTables.heap(),
        BackendInfo.Survives.POWER_CUT,
        Duration.ofSeconds(1),
        null,
        settings);
  }

  @Override
  public void outside() {
    while (!late.isEmpty() && simulation.once(25)) {
      arrive();
    }
  }

  private void arrive() {
    Late request = late.remove(simulation.pick(late.size()));
    simulation.trace("... late: " + request.what);
    request.arrival.run();
  }

  /** What is late likes to arrive just when somebody looks. */
  private void arriveAt(String key) {
    for (Late request : List.copyOf(late)) {
      if (request.what.contains(key) && simulation.once(2)) {
        simulation.trace("... late: " + request.what);
        late.remove(request);
        request.arrival.run();
      }
    }
  }

  @Override
  public void calm() {
    while (!late.isEmpty()) {
      arrive();
    }
  }

  @Override
  public int deletesByOthers(Simulation.Process process) {
    return allDeletes - deletes.getOrDefault(process, 0);
  }

  @Override
  public boolean forgets() {
    return false;
  }

  private final class Connection implements ObjectStore {
    private final Simulation.Process process;

    Connection(Simulation.Process process) {
      this.process = process;
    }

    @Override
    public PutResult putIfAbsent(String key, ByteBuffer... data) {
      String what = "put " + key;
      process.step(what);
      ByteBuffer bytes = copy(data);
      PutResult result = put(key, bytes);
      process.step(what + ": " + result.getClass().getSimpleName());
      return result;
    }

    private PutResult put(String key, ByteBuffer bytes) {
      if (!simulation.once(faultEvery)) {
        return objects.putIfAbsent(key, bytes.duplicate());
      }
      switch (simulation.pick(8)) {
        case 0: // the request is lost
          return unknown("lost");
        case 1: // the reply is lost
          objects.putIfAbsent(key, bytes.duplicate());
          return unknown("no reply");
        case 2, 3: // it arrives later
          later("put " + key, () -> objects.putIfAbsent(key, bytes.duplicate()));
          return unknown("delayed");
        case 4: // it arrives twice
          later("put again " + key, () -> objects.putIfAbsent(key, bytes.duplicate()));
          return objects.putIfAbsent(key, bytes.duplicate());
        case 5: // the client sent it twice, and tells about the second one
          objects.putIfAbsent(key, bytes.duplicate());
          return objects.putIfAbsent(key, bytes.duplicate());
        case 6:
          return new PutResult.NotCreated(new IOException("throttled"));
        default:
          if (simulation.pick(2) == 0) {
            objects.putIfAbsent(key, bytes.duplicate());
          }
          throw new StoreUnavailableException("simulated: put " + key);
      }
    }

    private PutResult unknown(String why) {
      return new PutResult.Unknown(new IOException(why));
    }

    private void later(String what, Runnable arrival) {
      late.add(new Late(what + " of " + process, arrival));
    }

    @Override
    public byte[] get(String key, long offset, int length) {
      process.step("get " + key);
      fail("get " + key);
      arriveAt(key);
      byte[] bytes = objects.get(key, offset, length);
      process.step("got " + key);
      return bytes;
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int max) {
      process.step("list " + prefix);
      fail("list " + prefix);
      List<ObjectInfo> listed = objects.list(prefix, startAfter, max);
      process.step("listed " + listed.size());
      return listed;
    }

    private void fail(String what) {
      if (simulation.once(2 * faultEvery)) {
        throw new StoreUnavailableException("simulated: " + what);
      }
    }

    @Override
    public void delete(String key) {
      process.step("delete " + key);
      if (!simulation.once(faultEvery)) {
        remove(key);
        return;
      }
      switch (simulation.pick(4)) {
        case 0:
          break; // lost
        case 1:
          remove(key); // the reply is lost
          break;
        case 2:
          later("delete again " + key, () -> remove(key));
          remove(key);
          return;
        default:
          later("delete " + key, () -> remove(key));
          break;
      }
      throw new StoreUnavailableException("simulated: delete " + key);
    }

    private void remove(String key) {
      objects.delete(key);
      allDeletes++;
      deletes.merge(process, 1, Integer::sum);
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  private static ByteBuffer copy(ByteBuffer... data) {
    int length = 0;
    for (ByteBuffer buffer : data) {
      length += buffer.remaining();
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (ByteBuffer buffer : data) {
      bytes.put(buffer.duplicate());
    }
    return bytes.flip();
  }
}
