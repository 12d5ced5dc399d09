package io.pagurus;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How one run of a store ended: immutable. It is stored with the store, in the commit that releases
 * it, and the next start logs it ({@link RestoreReport#previousStop}). Durations are exact to the
 * millisecond once they were stored.
 *
 * @param store the name of the store
 * @param trigger what ended it
 * @param at when the stop began, by the clock of its process; {@link Instant#EPOCH} when unknown
 * @param graceSource where the length of the grace period came from, for people; empty when unknown
 * @param gracePeriod the time between the signal and the kill that was reckoned with; zero when
 *     unknown
 * @param budget what of it the stop was to take at most; zero when unknown
 * @param phases how long each phase took; a phase that was not reached is missing, and a report
 *     that was stored knows of those before the commit that carries it
 * @param saved true when everything was durable that had been completed before the stop ended the
 *     writing; what {@code leftOut} names is not part of that
 * @param released true when the store was released, so that the next owner need not wait
 * @param bytesSaved encoded bytes of the last commit
 * @param leftOut what was left out or cancelled for want of time, by name; empty in a good stop
 * @param lossWindow what can be lost: zero when {@code saved}; for a run that ended without a stop
 *     what its loss window was at most when it made its last commit, zero when unknown
 */
public record ShutdownReport(
    String store,
    Trigger trigger,
    Instant at,
    String graceSource,
    Duration gracePeriod,
    Duration budget,
    Map<Phase, Duration> phases,
    boolean saved,
    boolean released,
    long bytesSaved,
    List<String> leftOut,
    Duration lossWindow) {

  /** What ended a run. */
  public enum Trigger {
    /** SIGTERM: the usual stop of a container. */
    SIGTERM("SIGTERM"),
    /** SIGINT: Ctrl-C. */
    SIGINT("SIGINT"),
    /** The end of the JVM: {@code System.exit}, SIGHUP, or the last thread ended. */
    JVM_END("the end of the JVM"),
    /** {@link StateStore#close}. */
    CLOSE("close()"),
    /** The owner of the lifecycle called for it, see {@link Lifecycle#EXTERNAL}. */
    OWNER("the owner of its lifecycle"),
    /** A checkpoint of the whole process (CRaC). */
    PROCESS_CHECKPOINT("a checkpoint of the process"),
    /** Nothing that left a report: most likely the process was killed. */
    UNKNOWN("an unknown cause");

    private final String text;

    Trigger(String text) {
      this.text = text;
    }

    /** For people. */
    public String describe() {
      return text;
    }
  }

  /** The phases of a stop, in their order. */
  public enum Phase {
    /** Others are told: readiness goes down. */
    ANNOUNCE,
    /** The work of the application ends. */
    DRAIN,
    /** No change is taken any more. */
    QUIESCE,
    /** The last commit. */
    SAVE,
    /** The goodbye that lets the next owner in. */
    RELEASE,
    /** What comes last. */
    AFTER
  }

  public ShutdownReport {
    phases = phases.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(phases));
    leftOut = List.copyOf(leftOut);
  }

  /**
   * One line for people: {@code stopped by SIGTERM at 2026-01-02T03:04:05Z, 1024 bytes saved in 43
   * ms and released, 51 ms of 9000 ms used (10000 ms grace period from PAGURUS_GRACE_PERIOD)}.
   */
  public String describe() {
    if (trigger == Trigger.UNKNOWN) {
      return saved ? "stopped and released, without a report" : describeKill();
    }
    StringBuilder text = new StringBuilder("stopped by ").append(trigger.describe());
    text.append(" at ").append(at).append(", ");
    if (saved) {
      text.append(bytesSaved).append(" bytes saved");
      Duration save = phases.get(Phase.SAVE);
      if (save != null) {
        text.append(" in ").append(save.toMillis()).append(" ms");
      }
      text.append(released ? " and released" : ", but not released");
    } else {
      text.append("NOT saved: up to ").append(lossWindow.toMillis()).append(" ms of changes lost");
    }
    long used = phases.values().stream().mapToLong(Duration::toMillis).sum();
    text.append(", ").append(used).append(" ms of ").append(budget.toMillis()).append(" ms used");
    if (!graceSource.isEmpty()) {
      text.append(" (").append(gracePeriod.toMillis()).append(" ms grace period from ");
      text.append(graceSource).append(')');
    }
    if (!leftOut.isEmpty()) {
      text.append("; left out: ").append(String.join("; ", leftOut));
    }
    return text.toString();
  }

  private String describeKill() {
    String text = "ended without a stop that was saved (killed, or storage did not answer in time)";
    return lossWindow.isZero()
        ? text + "; how much was lost is not known"
        : text + "; at its last commit at most " + lossWindow.toMillis() + " ms could be lost";
  }
}
