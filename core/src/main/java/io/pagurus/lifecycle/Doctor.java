package io.pagurus.lifecycle;

import io.pagurus.DoctorMode;
import io.pagurus.Finding;
import io.pagurus.UnfitSurroundingsException;
import io.pagurus.spi.StoragePlace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Looks, before a store is owned, at what would make its promises worthless: signals that do not
 * arrive, storage that does not last, times that do not fit. Thread-safe.
 *
 * <p>The process is looked at once for each store, which takes a fraction of a millisecond when the
 * classes are loaded; every check is a function of what was seen.
 */
public final class Doctor {
  /** Every id that a finding at start can have. */
  static final List<String> IDS =
      List.of(
          ProcessChecks.NOT_CAUGHT,
          ProcessChecks.SWALLOWED,
          ProcessChecks.OUT_OF_MEMORY,
          ProcessChecks.HEAP,
          StorageChecks.FLEETING,
          StorageChecks.EMPTY_DIR,
          StorageChecks.NOT_WRITABLE,
          StorageChecks.NEARLY_FULL,
          StorageChecks.BORROWED,
          TimeChecks.TOO_SHORT,
          TimeChecks.INTERVAL);

  /** What was logged about this process: once is enough, however many stores it opens. */
  private static final Set<Finding> TOLD = ConcurrentHashMap.newKeySet();

  private Doctor() {}

  /**
   * Looks at this process and at one store.
   *
   * @param place where its state is
   * @param budget what a stop has of the grace period
   * @param longestWait how long a change may wait for its commit
   * @param accepted ids of findings that are not worth mentioning
   */
  public static List<Finding> look(
      StoragePlace place, Duration budget, Duration longestWait, Set<String> accepted) {
    Surroundings here = LinuxSurroundings.ofThisProcess();
    List<Finding> findings = new ArrayList<>(ProcessChecks.of(here));
    Path directory = place.directory();
    if (directory != null) {
      findings.addAll(StorageChecks.of(Volume.of(directory, here), place.stateBytes()));
    }
    if (place.borrowed()) {
      findings.add(StorageChecks.borrowed());
    }
    findings.addAll(TimeChecks.of(budget, longestWait));
    findings.removeIf(finding -> accepted.contains(finding.id()));
    return List.copyOf(findings);
  }

  /**
   * Does with {@code findings} what {@code mode} says.
   *
   * @throws UnfitSurroundingsException when there are some and the mode is strict
   */
  public static void report(String store, List<Finding> findings, DoctorMode mode, Logger log) {
    if (mode == DoctorMode.STRICT && !findings.isEmpty()) {
      throw new UnfitSurroundingsException(
          "Store '"
              + store
              + "' was not opened, because the doctor is strict and found:\n"
              + findings.stream().map(f -> "- " + f).collect(Collectors.joining("\n"))
              + "\nNothing was owned and no state was changed. Fix that, or accept a finding by its id"
              + " (PAGURUS_DOCTOR_ACCEPT), or open with PAGURUS_DOCTOR=warn.",
          findings);
    }
    for (Finding finding : findings) {
      if (!ProcessChecks.IDS.contains(finding.id()) || TOLD.add(finding)) {
        log.warn("Store '{}': {}", store, finding);
      }
    }
  }

  /**
   * Checks ids that a user wrote.
   *
   * @throws IllegalArgumentException for one that no finding has
   */
  public static void checkIds(Set<String> ids) {
    for (String id : ids) {
      if (!IDS.contains(id)) {
        throw new IllegalArgumentException(
            "\"" + id + "\" is no finding of the doctor. Known: " + String.join(", ", IDS));
      }
    }
  }
}
