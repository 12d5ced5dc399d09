package io.pagurus.testkit.simulation;

import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.LogStorage;
import io.pagurus.internal.log.Workers;
import io.pagurus.spi.OwnerId;

/** The storage of a simulated history, and what goes wrong with it. */
public interface SimulatedMachine {
  /** Opens the storage for a process. */
  LogStorage open(Simulation.Process process, OwnerId self, Workers workers, LogSettings settings);

  /** Runs at each step: what happens by itself, a late request or a power cut. */
  void outside();

  /** From now on everything works, and what was under way arrives. */
  void calm();

  /** Counts what others than this process deleted: who reads without owning may miss it. */
  int deletesByOthers(Simulation.Process process);

  /** Whether what a reader saw may be lost again, before anybody owned it. */
  boolean forgets();

  /** Makes one for a history. */
  @FunctionalInterface
  interface Maker {
    SimulatedMachine make(Simulation simulation);
  }
}
