package io.pagurus.file;

import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.LiveTables;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.LogStorage;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.internal.log.Tip;
import io.pagurus.internal.log.Turn;
import io.pagurus.internal.log.Workers;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.OwnerId;
import io.pagurus.testkit.simulation.SimulatedMachine;
import io.pagurus.testkit.simulation.Simulation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A machine whose processes keep one store in files, on a disk that fills up, fails, and loses what
 * was not forced when the power is cut.
 */
final class SimulatedFiles implements SimulatedMachine {
  private static final Path ROOT = Path.of("/data/store");

  private final Simulation simulation;
  private final SimulatedDisk disk;
  private final Map<Simulation.Process, Integer> deletes = new HashMap<>();
  private final boolean slots;
  private final long partBytes;
  private final int failEvery;
  private final int failForceEvery;
  private final int powerCutEvery;
  private final int fullEvery;
  private int allDeletes;
  private boolean full;

  SimulatedFiles(Simulation simulation, boolean slots) {
    this.simulation = simulation;
    this.slots = slots;
    this.disk = new SimulatedDisk(simulation.seed());
    disk.failedForceMayHaveWorked();
    this.partBytes = pick(1, 400, 2_000, 20_000);
    this.failEvery = pick(0, 0, 200, 60, 20);
    this.failForceEvery = pick(0, 0, 60, 20, 6);
    this.powerCutEvery = pick(0, 400, 150, 60);
    this.fullEvery = pick(0, 0, 300, 80);
    disk.mostBytesPerWrite(pick(Integer.MAX_VALUE, Integer.MAX_VALUE, 600, 150));
  }

  private int pick(int... choices) {
    return choices[simulation.pick(choices.length)];
  }

  @Override
  public LogStorage open(
      Simulation.Process process, OwnerId self, Workers workers, LogSettings settings) {
    ScheduledDisk own =
        new ScheduledDisk(disk, simulation, process, failEvery, () -> deleted(process));
    Directories directories = new Directories(own, ROOT);
    own.lock(directories);
    try {
      directories.need(ROOT);
    } catch (IOException e) {
      throw Unavailable.because("open", ROOT, e);
    }
    WriteOnceFiles files = new WriteOnceFiles(own, directories, self.id());
    ObjectStore objects = new DirectoryObjectStore(own, directories, files);
    CommitLog log =
        slots
            ? new SlotLog(objects, workers)
            : new AppendFileLog(own, directories, files, partBytes);
    return new LogStorage(
        "simulated files",
        objects,
        log,
        new NoTurn(files::removeLeftovers),
        LiveTables.heap(),
        BackendInfo.Survives.POWER_CUT,
        Duration.ofMillis(20),
        null,
        settings);
  }

  private void deleted(Simulation.Process process) {
    allDeletes++;
    deletes.merge(process, 1, Integer::sum);
  }

  @Override
  public void outside() {
    if (simulation.once(powerCutEvery)) {
      simulation.trace("*** power cut ***");
      disk.cutPower();
      full = false;
      simulation.killAll();
    }
    if (full ? simulation.once(20) : simulation.once(fullEvery)) {
      full = !full;
      long room = full ? simulation.pick(500) : Long.MAX_VALUE;
      simulation.trace("*** room for " + room + " bytes ***");
      disk.room(room);
    }
    disk.fault(
        (call, path) -> {
          boolean force =
              call == SimulatedDisk.Call.FORCE || call == SimulatedDisk.Call.FORCE_DIRECTORY;
          // Above the parent of the root a failed force is overlooked, when it is not the maker's.
          boolean above = path.getNameCount() == 0;
          if (force && !above && simulation.once(failForceEvery)) {
            simulation.trace("*** force of " + path + " fails ***");
            throw new IOException("simulated: " + call + " " + path);
          }
        });
  }

  @Override
  public void calm() {
    disk.room(Long.MAX_VALUE);
    if (simulation.pick(2) == 0) {
      simulation.trace("*** power cut ***");
      disk.cutPower();
    }
  }

  @Override
  public int deletesByOthers(Simulation.Process process) {
    return allDeletes - deletes.getOrDefault(process, 0);
  }

  @Override
  public boolean forgets() {
    return true;
  }

  /** Takes over at once, as if nobody held a lock. */
  private record NoTurn(Runnable onOwning) implements Turn {
    @Override
    public Tip await(Supplier<Look> look, BackendRequest request) {
      return look.get().tip();
    }

    @Override
    public void owning(long epoch) {
      onOwning.run();
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
